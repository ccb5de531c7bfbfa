package validate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/validate"
)

// manyWays is a schema with 2^n ways through it for a value that it refuses.
func manyWays(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/a0","$defs":{`)
	for i := range n {
		fmt.Fprintf(&b, `"a%d":{"anyOf":[{"$ref":"#/$defs/a%d"},{"$ref":"#/$defs/a%d"}]},`, i, i+1, i+1)
	}
	fmt.Fprintf(&b, `"a%d":{"type":"string","pattern":"^x$"}}}`, n)
	return []byte(b.String())
}

// TestChecker_stuck: a line whose check takes long does not keep a check or a repair
// from ending with its context.
func TestChecker_stuck(t *testing.T) {
	c, err := validate.New(validate.Options{SchemaFile: manyWays(13)})
	if err != nil {
		t.Fatal(err)
	}
	why := errors.New("stopped by the user")
	for name, run := range map[string]func(context.Context, io.Reader) error{
		"check": func(ctx context.Context, r io.Reader) error {
			_, err := c.Check(ctx, r, "p.jsonl", func(validate.Finding) {})
			return err
		},
		"fix": func(ctx context.Context, r io.Reader) error {
			_, _, err := c.Fix(ctx, r, io.Discard, "p.jsonl", validate.FixOptions{DropUnknown: true}, func(validate.Finding) {})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			in := &atEnd{Reader: strings.NewReader("\"y\"\n"), then: func() { go cancel(why) }}
			if err := run(ctx, in); !errors.Is(err, why) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// atEnd calls then when all has been read.
type atEnd struct {
	io.Reader
	then func()
}

func (r *atEnd) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && r.then != nil {
		r.then()
		r.then = nil
	}
	return n, err
}

// TestReader_manyWorkers: more goroutines than there can be are not an error.
func TestReader_manyWorkers(t *testing.T) {
	if got, sum := check(t, "p.txt", "a\n", validate.Options{Workers: 1_000_000_000}); len(got) > 0 || sum.Lines != 1 {
		t.Errorf("findings %q, summary %+v", got, sum)
	}
}

// TestReader_doublyCompressed: what is compressed inside of what is compressed is not
// taken for text.
func TestReader_doublyCompressed(t *testing.T) {
	once := pack(t, validate.Gzip, "a\n")
	twice := pack(t, validate.Zstd, string(once))
	_, err := validate.Reader(t.Context(), bytes.NewReader(twice), "p.txt", validate.Options{}, nil)
	if want := "p.txt: not a text file: compressed with gzip: unpack it first"; !errors.Is(err, validate.ErrNotText) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
