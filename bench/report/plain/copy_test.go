package plain_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/report/plain"
)

type node struct {
	Text string
	When time.Time
	Raw  []byte
	Tags map[string][]string
	Any  any
	Next *node
}

func hostile() node {
	return node{Text: "a\x1b[2J", When: time.Unix(7, 0).UTC(), Raw: []byte("\x00"), Tags: map[string][]string{"k\n": {"v\r"}},
		Any: map[string]any{"x": "\u202e"}, Next: &node{Text: "\xff"}}
}

// A copy has every text made plain, shares nothing with what it was made from, and leaves that as it was.
func TestCopy(t *testing.T) {
	from := hostile()
	got := plain.Copy(from)
	want := node{Text: `a\x1b[2J`, When: from.When, Raw: []byte("\x00"), Tags: map[string][]string{`k\n`: {`v\r`}},
		Any: map[string]any{"x": `\u202e`}, Next: &node{Text: `\xff`}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	got.Tags["new"], got.Next.Text = nil, "new"
	if d := cmp.Diff(hostile(), from); d != "" {
		t.Errorf("the original was changed:\n%s", d)
	}
}
