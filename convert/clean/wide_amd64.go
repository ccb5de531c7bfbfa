//go:build !purego

package clean

import "golang.org/x/sys/cpu"

// wideWidth is how many bytes the kernels look at together.
const wideWidth = 32

var wide = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 // BMI1 for TZCNT

// textLenWide is textLen for a string of at least wideWidth bytes.
//
//go:noescape
func textLenWide(s string) int

// settledLenWide returns where the first character of s is, which is valid UTF-8, that may not be settled, or where the last
// wideWidth bytes begin if there is none before.
//
//go:noescape
func settledLenWide(s string) int
