package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A glass is what a terminal shows of what was written to it: as much of one as a screen needs.
type glass struct {
	lines []string
	row   int
	col   int
}

var command = regexp.MustCompile("^\x1b\\[([0-9;]*)([AKJm])")

func (g *glass) write(s string) {
	for s != "" {
		if m := command.FindStringSubmatch(s); m != nil {
			g.obey(m[2], m[1])
			s = s[len(m[0]):]
			continue
		}
		r := []rune(s)[0]
		g.put(r)
		s = s[len(string(r)):]
	}
}

func (g *glass) obey(what, n string) {
	switch what {
	case "A":
		up, _ := strconv.Atoi(n)
		g.row -= up
	case "K", "J":
		g.line()
		g.lines[g.row] = string([]rune(g.lines[g.row])[:min(g.col, len([]rune(g.lines[g.row])))])
		if what == "J" {
			g.lines = g.lines[:g.row+1]
		}
	}
}

func (g *glass) line() {
	for len(g.lines) <= g.row {
		g.lines = append(g.lines, "")
	}
}

func (g *glass) put(r rune) {
	switch r {
	case '\r':
		g.col = 0
	case '\n':
		g.row, g.col = g.row+1, 0
		g.line()
	default:
		g.line()
		runes := []rune(g.lines[g.row])
		for len(runes) <= g.col {
			runes = append(runes, ' ')
		}
		runes[g.col] = r
		g.lines[g.row] = string(runes)
		g.col++
	}
}

// text is what can be seen, without the empty lines at the end.
func (g *glass) text() string {
	return strings.TrimRight(strings.Join(g.lines, "\n"), "\n")
}

// Whatever is drawn and said in whatever order, a terminal shows every notice, in order, and below them what was drawn
// last, and nothing else.
func TestScreen_showsNoticesAndTheLatestDrawing(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var out bytes.Buffer
		p := &process{stderr: &out}
		var notices, drawn []string
		for n := range rng.IntN(12) + 1 {
			switch rng.IntN(4) {
			case 0:
				p.logf("notice %d", n)
				notices, drawn = append(notices, fmt.Sprint("notice ", n)), nil
			case 1:
				drawn = []string{strings.Repeat("=", rng.IntN(70)+1)}
				p.screen.draw(&out, drawn[0])
			case 2:
				drawn = nil
				for range rng.IntN(9) + 1 {
					drawn = append(drawn, strings.Repeat("#", rng.IntN(70)+1))
				}
				p.screen.drawBlock(&out, drawn)
			default:
				drawn = nil
				p.screen.draw(&out, "")
			}
		}
		var g glass
		g.write(out.String())
		if d := cmp.Diff(strings.Join(slices.Concat(notices, drawn), "\n"), g.text()); d != "" {
			t.Fatalf("of %q a terminal shows -want +got:\n%s", out.String(), d)
		}
	}
}

// Colour takes no room.
func TestScreen_coloursHaveNoWidth(t *testing.T) {
	var out bytes.Buffer
	p := &process{stderr: &out}
	coloured := "\x1b[1m" + strings.Repeat("a", 78) + "\x1b[0m"
	p.screen.drawBlock(&out, []string{coloured, coloured})
	out.Reset()
	p.screen.drawBlock(&out, []string{"b"})
	if want := "\r\x1b[1Ab\x1b[J"; out.String() != want {
		t.Errorf("got %q, want %q: two lines of 78 columns do not wrap", out.String(), want)
	}
}
