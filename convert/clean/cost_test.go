package clean_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/promptmill/promptmill/convert/clean"
)

// cleanTexts need nothing.
var cleanTexts = []string{
	"",
	"Natalia sold clips to 48 of her friends in April.\n\tHow many?",
	strings.Repeat("plain ASCII that is long enough for the fast path\n", 40) + ".",
	strings.Repeat("naïve café, straße, ¿qué?, Ä\u00a0x, 5 € — “so” … ", 20) + ".",
	strings.Repeat("中文提示，请回答问题。", 50),
	strings.Repeat("👩\u200d💻 می\u200cخواهم ☀️ हिन्दी 한국어 ", 20) + ".",
}

func TestCleaner_allocatesNothingForCleanText(t *testing.T) {
	c := clean.New(clean.Options{})
	for _, s := range cleanTexts {
		n := testing.AllocsPerRun(10, func() {
			if got, err := c.String(s); err != nil || got != s {
				t.Fatalf("String(%.40q) = %.40q, %v", s, got, err)
			}
		})
		if n != 0 {
			t.Errorf("%v allocations for %.40q", n, s)
		}
	}
	if got := hits(c); got != "" {
		t.Errorf("clean text counted as %q", got)
	}
}

// TestCleaner_nested cleans texts in which every repair completes the next one:
// anything but linear work would not end.
func TestCleaner_nested(t *testing.T) {
	const depth = 20_000
	tests := map[string]struct{ head, core, tail string }{
		"mojibake in mojibake":         {"ââ", "€", "š¬"},
		"zero-width space before mark": {"a", "â€‹", "\u0302€‹"},
		"mark in mojibake":             {"âƒs", "âƒª", "\u030c"},
		"open escapes":                 {"\x1b]\x1b[", "x", "1;"},
		"marks without end":            {"a", "", "\u0302\u0323"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			checkLaws(t, clean.Options{}, strings.Repeat(tt.head, depth)+tt.core+strings.Repeat(tt.tail, depth))
		})
	}
}

func TestCleaner_concurrent(t *testing.T) {
	c := clean.New(clean.Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if s, err := c.String("Itâ€™s\r\n1"); err != nil || s != "It’s\n1" {
					t.Errorf("got %q, %v", s, err)
				}
			}
		})
	}
	wg.Wait()
	for _, n := range c.Counts() {
		want := int64(0)
		if n.Step == "mojibake" || n.Step == "newlines" {
			want = 4000
		}
		if n.Values != want {
			t.Errorf("%v, want %d", n, want)
		}
	}
}

func BenchmarkCleaner(b *testing.B) {
	for name, s := range map[string]string{
		"ascii": cleanTexts[2], "latin": cleanTexts[3], "chinese": cleanTexts[4], "mixed": cleanTexts[5],
		"dirty": strings.Repeat("Itâ€™s a test\r\n", 50),
	} {
		b.Run(name, func(b *testing.B) {
			c := clean.New(clean.Options{})
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.String(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
