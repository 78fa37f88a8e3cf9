; setup.exe: for one user, without administrator rights, in Chinese. Given from windows_packages.py: VERSION, SOURCE,
; TARGET, KILOBYTES, OWN (macros for what lies at the top of the folder), DATA, TASK, PACK (how our files' names end).
;
; The new program is laid beside the old one first; only then they change places, by renaming. What is not ours in the
; folder is never touched, so that a data file somebody put there stays.

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

; How a name at the top of the folder is moved aside, brought back, put in place, taken away. $R9 is 1 once one failed.
!macro Aside NAME
  ${If} $R9 = 0
  ${AndIf} ${FileExists} "$INSTDIR\${NAME}"
    ClearErrors
    Rename "$INSTDIR\${NAME}" "${OLD}\${NAME}"
    ${If} ${Errors}
      StrCpy $R9 1
    ${EndIf}
  ${EndIf}
!macroend
!macro Back NAME
  ${If} ${FileExists} "${OLD}\${NAME}"
    RMDir /r "$INSTDIR\${NAME}"
    Delete "$INSTDIR\${NAME}"
    Rename "${OLD}\${NAME}" "$INSTDIR\${NAME}"
  ${EndIf}
!macroend
!macro InPlace NAME
  ${If} $R9 = 0
    ClearErrors
    Rename "${NEW}\${NAME}" "$INSTDIR\${NAME}"
    ${If} ${Errors}
      StrCpy $R9 1
    ${EndIf}
  ${EndIf}
!macroend
!macro Away NAME
  RMDir /r "$INSTDIR\${NAME}"
  Delete "$INSTDIR\${NAME}"
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
!macro RefuseWhileRunning WHAT
  ${If} ${FileExists} "$INSTDIR\pingyi-window.exe"
    ClearErrors
    FileOpen $R6 "$INSTDIR\pingyi-window.exe" a
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
  ; A setup that was cut off between the two renamings is undone first; once they are through, "new~" is gone.
  ${If} ${FileExists} "${NEW}\*.*"
    !insertmacro BackAll
  ${EndIf}
  !insertmacro RefuseWhileRunning "安装"
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
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "${NEW}"
    !insertmacro Refuse 6 "“$INSTDIR”写不进去（没有空间、只读，或被杀毒软件拦住），没有安装。请换一个文件夹再来一次；原来的程序没有动。"
  ${EndIf}
  CreateDirectory "${OLD}"
  StrCpy $R9 0
  !insertmacro AsideAll
  !insertmacro InPlaceAll
  ${If} $R9 = 1
    !insertmacro BackAll
    RMDir /r "${NEW}"
    RMDir "${OLD}"
    !insertmacro Refuse 3 "评议的文件正被占用（程序开着，或杀毒软件正在检查），没有安装。请关闭评议、过一会儿再来一次；原来的程序没有动。"
  ${EndIf}
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
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
  ${RefreshShellIcons}
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning "卸载"
  !insertmacro AwayAll
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  Delete "$INSTDIR\uninstall.exe"
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
