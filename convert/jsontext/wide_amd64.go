//go:build !purego

package jsontext

import "golang.org/x/sys/cpu"

// width is how many bytes the wide kernels look at together. They end where fewer are left.
const width = 32

var wide = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 // BMI1 for TZCNT

// appendWide writes s, as [Append] does, into dst, of which it leaves slack bytes, and returns how many bytes it has written
// and read, and whether one of those read is no ASCII. It ends at a character for which it has no letter.
//
//go:noescape
func appendWide(dst []byte, s string) (written, read int, high bool)

// scanWide is [Scan], but that it ends where fewer than width bytes are left.
//
//go:noescape
func scanWide(s string) Inside
