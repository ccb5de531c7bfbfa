package hub_test

import "golang.org/x/sys/windows"

const noSpaceErrno = windows.ERROR_DISK_FULL
