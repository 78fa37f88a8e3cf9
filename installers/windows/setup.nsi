; setup.exe: for one user, without administrator rights, in Chinese. Given from windows_packages.py: VERSION, SOURCE,
; TARGET, KILOBYTES, INTERNAL (the folder with everything the programs are made of, named by the version), OWN (macros for
; the files beside it), DATA, TASK, PACK (how our files' names end).
;
; The new program is laid beside the old one first; then its folder gets its name, and each program, one file that knows
; its folder, is changed for the new one in a single step: whoever is cut off at any moment has the old one or the new
; one. Only where the same version is laid over itself its folder is away between two renamings; the next setup brings it
; back. What is not ours in the folder is never touched, so that a data file somebody put there stays.

!ifdef X64
Target amd64-unicode ; Debian's NSIS has it, and wine runs nothing else; the usual one is of 32 bits, as Windows runs too
!endif
Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
SetCompressorDictSize 64 ; the two programs hold the same modules, 11 MB apart
RequestExecutionLevel user
Name "评议"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\Pingyi"
InstallDirRegKey HKCU "Software\Pingyi" "Place"
BrandingText "评议 ${VERSION}"

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Pingyi"
!define NEW "$INSTDIR\new~"
!define OLD "$INSTDIR\old~"
!define /math MEGABYTES ${KILOBYTES} / 1024

; How a file beside INTERNAL is put in the place of the old one, in one step (1 replace, 8 through to the disk), and how
; it is taken away. $R9 is 1 once something failed.
!macro Place NAME
  ${If} $R9 = 0
    System::Call 'kernel32::MoveFileExW(w "${NEW}\${NAME}", w "$INSTDIR\${NAME}", i 9) i .R8'
    ${If} $R8 = 0
      StrCpy $R9 1
    ${EndIf}
  ${EndIf}
!macroend
!macro Away NAME
  Delete "$INSTDIR\${NAME}"
!macroend
; Folders of other versions, which nothing needs any more.
!macro AwayInternals KEPT
  FindFirst $R1 $R2 "$INSTDIR\_internal*"
  ${DoWhile} $R2 != ""
    ${If} $R2 != "${KEPT}"
      RMDir /r "$INSTDIR\$R2"
    ${EndIf}
    FindNext $R1 $R2
  ${Loop}
  FindClose $R1
!macroend
!include "${OWN}"

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\pingyi-window.exe"
!define MUI_FINISHPAGE_RUN_TEXT "打开评议"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "ProductName" "评议"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "FileDescription" "评议安装程序"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "LegalCopyright" "Apache-2.0"

; Say a sentence, also into the file that /SAID=… names (a silent setup has no box), and end with this exit status.
!macro Refuse STATUS SENTENCE
  ${GetParameters} $R8
  ClearErrors
  ${GetOptions} $R8 "/SAID=" $R7
  ${IfNot} ${Errors}
    FileOpen $R6 "$R7" w
    FileWriteUTF16LE /BOM $R6 "${SENTENCE}"
    FileClose $R6
  ${EndIf}
  MessageBox MB_OK|MB_ICONEXCLAMATION "${SENTENCE}" /SD IDOK
  SetErrorLevel ${STATUS}
  Quit
!macroend

; Nobody can write to a program that runs.
!macro RefuseWhileRunning PROGRAM WHAT
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $R6 "$INSTDIR\${PROGRAM}" a
    ${If} ${Errors}
      !insertmacro Refuse 3 "评议正在运行（或被杀毒软件占用），没有${WHAT}。请关闭评议的窗口再来一次；原来的程序没有动。"
    ${EndIf}
    FileClose $R6
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    !insertmacro Refuse 2 "评议要在 64 位的 Windows 10（1809）或更新的系统上使用，没有安装。"
  ${EndIf}
  ReadRegStr $R0 HKCU "${UNINSTALL}" "DisplayVersion"
  ${If} $R0 != ""
    ${VersionCompare} "$R0" "${VERSION}" $R1
    ${If} $R1 = 1
      !insertmacro Refuse 4 "这台电脑上已有更新的版本 $R0，没有安装 ${VERSION}：旧版本打不开新版本用过的数据文件。"
    ${EndIf}
  ${EndIf}
FunctionEnd

Section "评议"
  SectionIn RO
  ${IfNot} ${FileExists} "$INSTDIR\${INTERNAL}\*.*"
    Rename "${OLD}\${INTERNAL}" "$INSTDIR\${INTERNAL}" ; cut off between the two renamings
  ${EndIf}
  !insertmacro RefuseWhileRunning "pingyi-window.exe" "安装"
  !insertmacro RefuseWhileRunning "pingyi.exe" "安装"
  ${GetRoot} "$INSTDIR" $R0
  ${DriveSpace} "$R0\" "/D=F /S=M" $R1
  ${If} $R1 != ""
  ${AndIf} $R1 < ${MEGABYTES}
    !insertmacro Refuse 5 "磁盘 $R0 只剩 $R1 MB，装评议要 ${MEGABYTES} MB，没有安装。请腾出空间或换一个磁盘；原来的程序没有动。"
  ${EndIf}
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  ClearErrors
  SetOutPath "${NEW}"
  File /r "${SOURCE}/*"
  WriteUninstaller "${NEW}\uninstall.exe"
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "${NEW}"
    !insertmacro Refuse 6 "“$INSTDIR”写不进去（没有空间、只读，或被杀毒软件拦住），没有安装。请换一个文件夹再来一次；原来的程序没有动。"
  ${EndIf}
  StrCpy $R9 0
  ${If} ${FileExists} "$INSTDIR\${INTERNAL}\*.*"
    CreateDirectory "${OLD}"
    Rename "$INSTDIR\${INTERNAL}" "${OLD}\${INTERNAL}"
  ${EndIf}
  Rename "${NEW}\${INTERNAL}" "$INSTDIR\${INTERNAL}"
  ${If} ${Errors}
    StrCpy $R9 1
    Rename "${OLD}\${INTERNAL}" "$INSTDIR\${INTERNAL}"
  ${EndIf}
  !insertmacro PlaceAll
  ${If} $R9 = 1
    RMDir /r "${NEW}"
    !insertmacro Refuse 3 "评议的文件正被占用（程序开着，或杀毒软件正在检查），没有安装。请关闭评议、过一会儿再来一次；原来的程序还能用。"
  ${EndIf}
  CreateShortCut "$SMPROGRAMS\评议.lnk" "$INSTDIR\pingyi-window.exe"
  WriteRegStr HKCU "Software\Pingyi" "Place" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "评议"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\pingyi-window.exe"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  !macro Associate SUFFIX TYPE TITLE
    WriteRegStr HKCU "Software\Classes\${SUFFIX}" "" "${TYPE}"
    WriteRegStr HKCU "Software\Classes\${TYPE}" "" "${TITLE}"
    WriteRegStr HKCU "Software\Classes\${TYPE}\DefaultIcon" "" "$INSTDIR\pingyi-window.exe,0"
    WriteRegStr HKCU "Software\Classes\${TYPE}\shell\open\command" "" '"$INSTDIR\pingyi-window.exe" "%1"'
  !macroend
  !insertmacro Associate "${DATA}" "Pingyi.Data" "评议数据文件"
  !insertmacro Associate "${TASK}" "Pingyi.Task" "评议任务文件"
  !insertmacro Associate "${PACK}" "Pingyi.Pack" "评议数据包"
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  !insertmacro AwayInternals "${INTERNAL}"
  ${RefreshShellIcons}
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning "pingyi-window.exe" "卸载"
  !insertmacro RefuseWhileRunning "pingyi.exe" "卸载"
  !insertmacro AwayAll
  !insertmacro AwayInternals ""
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\评议.lnk"
  !macro Dissociate SUFFIX TYPE
    DeleteRegKey HKCU "Software\Classes\${TYPE}"
    DeleteRegKey HKCU "Software\Classes\${SUFFIX}"
  !macroend
  !insertmacro Dissociate "${DATA}" "Pingyi.Data"
  !insertmacro Dissociate "${TASK}" "Pingyi.Task"
  !insertmacro Dissociate "${PACK}" "Pingyi.Pack"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Pingyi"
  ${RefreshShellIcons}
SectionEnd
