//go:build !purego

#include "textflag.h"

// Both kernels look at 32 bytes, go on by 32 when none of them is special, else to the first that is, look at that one
// alone, and at 32 again after it. Special are control characters, quote, backslash, and the bytes C2 and E2, with which
// U+0085, U+2028 and U+2029 begin; when writing also DEL.

// SPREAD fills y with the byte c.
#define SPREAD(c, x, y) \
	MOVL         $c, AX \
	MOVQ         AX, x  \
	VPBROADCASTB x, y

// CONSTANTS fills Y0 to Y5. Y15 is for all bytes together.
#define CONSTANTS \
	SPREAD(0x1f, X0, Y0) \
	SPREAD(0x22, X1, Y1) \
	SPREAD(0x5c, X2, Y2) \
	SPREAD(0x7f, X3, Y3) \
	SPREAD(0xc2, X4, Y4) \
	SPREAD(0xe2, X5, Y5) \
	VPXOR Y15, Y15, Y15

// MARK sets the bytes of Y7 for which Y6 has a special one; DEL is none.
#define MARK \
	VPMINUB  Y6, Y0, Y7  \
	VPCMPEQB Y6, Y7, Y7  \
	VPCMPEQB Y6, Y1, Y8  \
	VPCMPEQB Y6, Y2, Y9  \
	VPCMPEQB Y6, Y4, Y10 \
	VPCMPEQB Y6, Y5, Y11 \
	VPOR     Y8, Y7, Y7  \
	VPOR     Y10, Y9, Y9 \
	VPOR     Y11, Y7, Y7 \
	VPOR     Y9, Y7, Y7

// func appendWide(dst []byte, s string) (written, read int, high bool)
TEXT ·appendWide(SB), NOSPLIT, $0-57
	MOVQ dst_base+0(FP), DI
	MOVQ dst_cap+16(FP), R10
	MOVQ s_base+24(FP), SI
	MOVQ s_len+32(FP), CX
	LEAQ -64(DI)(R10*1), R10 // the last place to write at: slack
	LEAQ -32(SI)(CX*1), R8   // the last place to read at
	LEAQ ·escapes(SB), R9
	CONSTANTS

appendStep:
	CMPQ      SI, R8
	JHI       appendEnd
	CMPQ      DI, R10
	JHI       appendEnd
	VMOVDQU   (SI), Y6
	VMOVDQU   Y6, (DI)
	MARK
	VPCMPEQB  Y6, Y3, Y8
	VPOR      Y8, Y7, Y7
	VPOR      Y6, Y15, Y15
	VPMOVMSKB Y7, AX
	TESTL     AX, AX
	JNZ       appendSpecial
	ADDQ      $32, SI
	ADDQ      $32, DI
	JMP       appendStep

appendSpecial:
	TZCNTL  AX, AX
	ADDQ    AX, SI
	ADDQ    AX, DI
	MOVBLZX (SI), DX
	CMPL    DX, $0x80
	JHS     appendHigh
	MOVBLZX (R9)(DX*1), BX // the letter
	CMPL    BX, $0x75      // u: four digits
	JEQ     appendEnd
	SHLL    $8, BX
	ORL     $0x5c, BX
	MOVW    BX, (DI)
	INCQ    SI
	ADDQ    $2, DI
	JMP     appendStep

appendHigh: // its byte is written already; is it one of those that are escaped?
	CMPQ    SI, R8
	JHI     appendEnd       // three bytes must be there
	MOVWLZX 1(SI), BX
	CMPL    DX, $0xc2
	JEQ     appendC2
	ANDL    $0xfeff, BX
	CMPL    BX, $0xa880     // E2 80 A8, E2 80 A9
	JEQ     appendEnd
	INCQ    SI
	INCQ    DI
	JMP     appendStep

appendC2:
	CMPB BX, $0xa0
	JLO  appendEnd          // a control character
	INCQ SI
	INCQ DI
	JMP  appendStep

appendEnd:
	SUBQ      s_base+24(FP), SI
	SUBQ      dst_base+0(FP), DI
	VPMOVMSKB Y15, AX
	VZEROUPPER
	TESTL     AX, AX
	SETNE     AX
	MOVQ      DI, written+40(FP)
	MOVQ      SI, read+48(FP)
	MOVB      AX, high+56(FP)
	RET

// func scanWide(s string) Inside
TEXT ·scanWide(SB), NOSPLIT, $0-32
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), CX
	LEAQ -32(SI)(CX*1), R8 // the last place to read at
	LEAQ ·simple(SB), R9
	XORL R11, R11          // escaped
	CONSTANTS

scanStep:
	CMPQ      SI, R8
	JHI       scanEnd
	VMOVDQU   (SI), Y6
	MARK
	VPMOVMSKB Y7, AX
	TESTL     AX, AX
	JNZ       scanSpecial
	VPOR      Y6, Y15, Y15
	ADDQ      $32, SI
	JMP       scanStep

scanSpecial:
	TZCNTL  AX, AX
	ADDQ    AX, SI
	MOVBLZX (SI), DX
	CMPL    DX, $0x5c
	JEQ     scanEscape
	CMPL    DX, $0x80
	JLO     scanFound
	CMPQ    SI, R8
	JHI     scanFound       // three bytes must be there
	MOVWLZX 1(SI), BX
	CMPL    DX, $0xc2
	JEQ     scanC2
	ANDL    $0xfeff, BX
	CMPL    BX, $0xa880     // E2 80 A8, E2 80 A9
	JEQ     scanFound
	VPOR    Y6, Y15, Y15
	INCQ    SI
	JMP     scanStep

scanC2:
	CMPB BX, $0x85
	JEQ  scanFound
	VPOR Y6, Y15, Y15
	INCQ SI
	JMP  scanStep

scanEscape:
	CMPQ    SI, R8
	JHI     scanFound
	MOVBLZX 1(SI), DX
	CMPB    (R9)(DX*1), $0
	JEQ     scanFound
	VPOR    Y6, Y15, Y15
	MOVL    $1, R11
	ADDQ    $2, SI
	JMP     scanStep

scanFound: // what follows is not inside any more
	VPOR Y6, Y15, Y15

scanEnd:
	SUBQ      s_base+0(FP), SI
	VPMOVMSKB Y15, AX
	VZEROUPPER
	TESTL     AX, AX
	SETNE     AX
	MOVQ      SI, ret_Len+16(FP)
	MOVB      AX, ret_High+24(FP)
	MOVB      R11, ret_Escaped+25(FP)
	RET
