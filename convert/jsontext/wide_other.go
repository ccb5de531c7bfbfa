//go:build purego || !amd64

package jsontext

const (
	width = 32
	wide  = false
)

func appendWide([]byte, string) (written, read int, high bool) { panic("there is no wide kernel") }

func scanWide(string) Inside { panic("there is no wide kernel") }
