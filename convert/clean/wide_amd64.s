//go:build !purego

#include "textflag.h"

// SPREAD fills y with the byte c.
#define SPREAD(c, x, y) \
	MOVL         $c, AX \
	MOVQ         AX, x  \
	VPBROADCASTB x, y

// func textLenWide(s string) int
//
// It goes over the text 32 bytes at a time and, at the end, over the last 32 bytes, some of which it has seen by then. As
// signed numbers, bytes that are no ASCII are below a space, as control characters are.
TEXT ·textLenWide(SB), NOSPLIT, $0-24
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), CX
	MOVQ SI, DI            // what is looked at
	LEAQ -32(SI)(CX*1), R8 // the last 32 bytes
	SPREAD(0x20, X0, Y0)
	SPREAD(0x09, X1, Y1)
	SPREAD(0x0a, X2, Y2)
	SPREAD(0x7f, X3, Y3)

step:
	VMOVDQU   (DI), Y4
	VPCMPGTB  Y4, Y0, Y5 // below a space
	VPCMPEQB  Y4, Y1, Y6
	VPCMPEQB  Y4, Y2, Y7
	VPOR      Y6, Y7, Y6
	VPANDN    Y5, Y6, Y5 // and neither tab nor line feed
	VPCMPEQB  Y4, Y3, Y4
	VPOR      Y4, Y5, Y4
	VPMOVMSKB Y4, AX
	TESTL     AX, AX
	JNZ       found
	CMPQ      DI, R8
	JEQ       all
	ADDQ      $32, DI
	CMPQ      DI, R8
	CMOVQHI   R8, DI
	JMP       step

found:
	TZCNTL AX, AX
	SUBQ   SI, DI
	ADDQ   DI, AX
	VZEROUPPER
	MOVQ   AX, ret+16(FP)
	RET

all:
	VZEROUPPER
	MOVQ CX, ret+16(FP)
	RET

// What is in doubt about a character by its first byte and the one after it, each looked up by its upper and its lower four
// bits; the four answers together leave a bit where there is doubt:
//
//	bit 0  CC, CD and CE
//	bit 1  D2 to D9, and DB to DF
//	bit 2  E0 to E2, EA, and ED to EF
//	bit 3  F0 to FF
//	bit 4  C2 before 80 to 9F: C1 controls
//	bit 5  C3 before A2, A3 and AF, and
//	bit 6  C3 before B0: mojibake may begin
//	bit 7  E3 before 80 to 8F, but 81 and 83, which are kana
DATA firstHigh<>+0(SB)/8, $0x0000000000000000
DATA firstHigh<>+8(SB)/8, $0x0884027100000000
GLOBL firstHigh<>(SB), RODATA|NOPTR, $16
DATA firstLow<>+0(SB)/8, $0x0a0a0a0aea1e0c0c
DATA firstLow<>+8(SB)/8, $0x0e0f0f0b0a0c0a0a
GLOBL firstLow<>(SB), RODATA|NOPTR, $16
DATA nextHigh<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA nextHigh<>+8(SB)/8, $0x0f0f0f0f4f2f1f9f
GLOBL nextHigh<>(SB), RODATA|NOPTR, $16
DATA nextLow<>+0(SB)/8, $0x9f9f9f9f3fbf1fdf
DATA nextLow<>+8(SB)/8, $0xbf9f9f9f9f9f9f9f
GLOBL nextLow<>(SB), RODATA|NOPTR, $16

// func settledLenWide(s string) int
TEXT ·settledLenWide(SB), NOSPLIT, $0-24
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), CX
	MOVQ SI, DI            // what is looked at
	LEAQ -33(SI)(CX*1), R8 // the last place to look at
	SPREAD(0x1f, X0, Y0)
	SPREAD(0x09, X1, Y1)
	SPREAD(0x0a, X2, Y2)
	SPREAD(0x7f, X3, Y3)
	SPREAD(0x0f, X4, Y4)
	VBROADCASTI128 firstHigh<>(SB), Y5
	VBROADCASTI128 firstLow<>(SB), Y6
	VBROADCASTI128 nextHigh<>(SB), Y7
	VBROADCASTI128 nextLow<>(SB), Y8
	VPXOR Y15, Y15, Y15

settledStep:
	CMPQ      DI, R8
	JHI       settledEnd
	VMOVDQU   (DI), Y9
	VMOVDQU   1(DI), Y10
	VPSRLW    $4, Y9, Y11
	VPAND     Y4, Y11, Y11
	VPSHUFB   Y11, Y5, Y11
	VPAND     Y4, Y9, Y12
	VPSHUFB   Y12, Y6, Y12
	VPAND     Y12, Y11, Y11
	VPSRLW    $4, Y10, Y12
	VPAND     Y4, Y12, Y12
	VPSHUFB   Y12, Y7, Y12
	VPAND     Y12, Y11, Y11
	VPAND     Y4, Y10, Y12
	VPSHUFB   Y12, Y8, Y12
	VPAND     Y12, Y11, Y11 // the doubts
	VPMINUB   Y9, Y0, Y12
	VPCMPEQB  Y9, Y12, Y12  // not above 1f
	VPCMPEQB  Y9, Y1, Y13
	VPCMPEQB  Y9, Y2, Y14
	VPOR      Y13, Y14, Y13
	VPANDN    Y12, Y13, Y12 // and neither tab nor line feed
	VPCMPEQB  Y9, Y3, Y13
	VPOR      Y13, Y12, Y12
	VPOR      Y12, Y11, Y11
	VPCMPEQB  Y11, Y15, Y11
	VPMOVMSKB Y11, AX
	NOTL      AX
	TESTL     AX, AX
	JNZ       settledDoubt
	ADDQ      $32, DI
	JMP       settledStep

settledDoubt:
	TZCNTL AX, AX
	ADDQ   AX, DI

settledEnd:
	SUBQ   SI, DI
	VZEROUPPER
	MOVQ   DI, ret+16(FP)
	RET
