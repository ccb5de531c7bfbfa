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
