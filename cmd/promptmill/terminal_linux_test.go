package main

import (
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal returns a terminal of so many columns.
func openTerminal(t *testing.T, columns uint16) *os.File {
	t.Helper()
	_, f := openTerminalPair(t, columns)
	return f
}

// openTerminalPair returns the end of a terminal of so many columns at which it is read, and the terminal.
func openTerminalPair(t *testing.T, columns uint16) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := unix.IoctlSetWinsize(int(f.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return master, f
}

func TestWidth(t *testing.T) {
	for columns, want := range map[uint16]int{200: 200, 39: 39, 15: 15, 1: 1, 0: 80} { // 0 is a terminal that does not say
		if got := width(openTerminal(t, columns)); got != want {
			t.Errorf("%d columns: %d, want %d", columns, got, want)
		}
	}
	if got := width(io.Discard); got != 80 {
		t.Errorf("no terminal: %d", got)
	}
}
