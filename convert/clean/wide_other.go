//go:build purego || !amd64

package clean

const (
	wideWidth = 32
	wide      = false
)

func textLenWide(string) int { panic("there is no wide kernel") }

func settledLenWide(string) int { panic("there is no wide kernel") }
