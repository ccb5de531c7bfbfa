//go:build unix

package hub_test

import "syscall"

const noSpaceErrno = syscall.ENOSPC
