package validate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/validate"
	"go.uber.org/goleak"
)

const longLine = 300 << 10 // longer than what is checked at a time

// mixed returns lines of all kinds and lengths, and the numbers of the bad ones.
func mixed(rng *rand.Rand, size, limit int) (content []byte, bad map[int64]bool) {
	bad = map[int64]bool{}
	var b bytes.Buffer
	for n := int64(1); b.Len() < size; n++ {
		fill := strings.Repeat("é\\n", rng.IntN(60))
		good := fmt.Sprintf(`{"prompt":"%d%s","expected":"x"}`, rng.IntN(2000), fill)
		line := good
		switch rng.IntN(200) {
		case 0:
			line = ""
		case 1:
			line = good[:len(good)/2]
		case 2:
			line = good + good
		case 3:
			line = strings.Repeat("{}", rng.IntN(limit))
		case 4:
			line = strings.Repeat(" ", rng.IntN(limit-len(good))) + good
		}
		bad[n] = len(line) > limit || !strings.HasSuffix(line, good) || strings.HasPrefix(line, "{") && line != good
		b.WriteString(line + "\n")
	}
	return b.Bytes(), bad
}

// TestReader_workers: what is found depends neither on how many check nor on how the
// input comes, and is what each line alone would give.
func TestReader_workers(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // a line that another test gave up may take longer
	content, bad := mixed(rand.New(rand.NewPCG(1, 2)), 3<<20, longLine)
	var want []string
	for _, workers := range []int{1, 2, 7} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "half": iotest.HalfReader, "data and EOF": iotest.DataErrReader,
		} {
			o := validate.Options{MaxLineBytes: longLine, Workers: workers}
			got, isBad := []string{}, map[int64]bool{}
			sum, err := validate.Reader(t.Context(), wrap(bytes.NewReader(content)), "p.jsonl", o, func(f validate.Finding) {
				got = append(got, f.String())
				isBad[f.Line] = isBad[f.Line] || f.Severity == validate.Error
			})
			if err != nil {
				t.Fatal(err)
			}
			for n := int64(1); n <= sum.Lines; n++ {
				if isBad[n] != bad[n] {
					t.Fatalf("%d workers, %s: line %d: bad is %v", workers, name, n, isBad[n])
				}
			}
			if want == nil {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" || int(sum.Lines) != len(bad) {
				t.Errorf("%d workers, %s: %d lines of %d (-want +got):\n%s", workers, name, sum.Lines, len(bad), diff)
			}
		}
	}
}

// TestReader_lengths puts ends of lines around the end of what is checked at a time.
func TestReader_lengths(t *testing.T) {
	const chunk = 256 << 10
	for _, limit := range []int{chunk - 1, chunk, chunk + 1, 2 * chunk, 1 << 20} {
		for _, size := range []int{1, limit - 1, limit, limit + 1, chunk - 1, chunk, chunk + 1, 3 * chunk} {
			for _, end := range []string{"", "\n", "\nb", "\nb\n"} {
				in := strings.Repeat("a", size) + end
				var want []string
				if size > limit {
					want = append(want, fmt.Sprintf("line-length p.txt:1:1: the line has %d bytes, the limit is %d; it was not looked at", size, limit))
				}
				if last := strings.LastIndexByte(in, '\n') + 1; last < len(in) && (last > 0 || size <= limit) {
					line := strings.Count(in, "\n") + 1
					want = append(want, fmt.Sprintf("final-lf p.txt:%d:%d: the last line does not end with a line feed; it may have been cut short", line, len(in)-last+1))
				}
				got, sum := check(t, "p.txt", in, validate.Options{MaxLineBytes: limit})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("limit %d, %d bytes and %q (-want +got):\n%s", limit, size, end, diff)
				}
				if lines := int64(strings.Count(strings.TrimSuffix(in, "\n"), "\n") + 1); sum.Lines != lines {
					t.Errorf("limit %d, %d bytes and %q: %d lines", limit, size, end, sum.Lines)
				}
			}
		}
	}
}

// TestReader_reportPanics: who is told of findings may panic; nothing stays behind.
func TestReader_reportPanics(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // a line that another test gave up may take longer
	defer func() {
		if got := recover(); got != "enough" {
			t.Errorf("recovered %v", got)
		}
	}()
	r := strings.NewReader(strings.Repeat("\x01\n", 1<<20))
	_, err := validate.Reader(t.Context(), r, "p.txt", validate.Options{Workers: 3}, func(validate.Finding) { panic("enough") })
	t.Errorf("no panic, error %v", err)
}

// TestReader_stopped ends the context while lines are told of.
func TestReader_stopped(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // a line that another test gave up may take longer
	why := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	r := io.MultiReader(strings.NewReader(strings.Repeat("\x01\n", 1<<20)), &endless{n: 1 << 40})
	_, err := validate.Reader(ctx, r, "p.txt", validate.Options{Workers: 3}, func(validate.Finding) { cancel(why) })
	if !errors.Is(err, why) {
		t.Errorf("error %v", err)
	}
}
