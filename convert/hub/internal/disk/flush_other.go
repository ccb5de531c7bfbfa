//go:build !linux

package disk

import "os"

// BeginWriting does nothing where the kernel takes no such hint.
func BeginWriting(*os.File, int64, int64) {}
