package validate_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/validate"
)

// endless is n bytes of one line.
type endless struct{ n int }

func (e *endless) Read(b []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), e.n)], xs)
	e.n -= n
	return n, nil
}

var xs = strings.Repeat("x", 1<<20)

// TestReader_memory checks a line of 300 MB with a limit of 1 MiB.
func TestReader_memory(t *testing.T) {
	const limit = 1 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var got []string
	r := io.MultiReader(strings.NewReader("{"), &endless{n: 300 << 20}, strings.NewReader("\n{}\n"))
	sum, err := validate.Reader(t.Context(), r, "p.jsonl", validate.Options{MaxLineBytes: limit}, func(f validate.Finding) {
		got = append(got, f.String())
	})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 8*limit {
		t.Errorf("allocated %d bytes", used)
	}
	if want := "p.jsonl:1:1: error: line-length: the line has 314572801 bytes, the limit is 1048576; it was not looked at"; got[0] != want {
		t.Errorf("first finding %q, want %q", got[0], want)
	}
	if sum.Lines != 2 || len(got) != 2 {
		t.Errorf("summary %+v, findings %q", sum, got)
	}
}

// TestReader_valueLimit: how many values a line may have does not depend on how its keys
// are written, and is enough for long chats.
func TestReader_valueLimit(t *testing.T) {
	own := validate.Options{SchemaFile: []byte("{}")}
	for _, key := range []string{"x", `\u0078`} {
		for n, want := range map[int]int{1 << 20: 0, 1 << 21: 1} {
			in := `{"` + key + `":[` + strings.Repeat("0,", n) + "0]}\n"
			if got, _ := check(t, "p.jsonl", in, own); len(got) != want {
				t.Errorf("key %s, %d values: findings %q", key, n, got)
			}
		}
	}
	chat := `{"messages":[` + strings.Repeat(`{"role":"user","content":"a"},`, 270_000) + `{"role":"user","content":"a"}],"a\ud83d\udcca":1}` + "\n"
	if got, _ := check(t, "p.jsonl", chat, validate.Options{Schema: "messages"}); len(got) > 0 {
		t.Errorf("a long chat: findings %q", got)
	}
}

// TestReader_manyValues: a line within the limit cannot take many times its size.
func TestReader_manyValues(t *testing.T) {
	got, _ := check(t, "p.jsonl", "["+strings.Repeat("0,", 1<<21)+"0]\n", validate.Options{})
	if want := "size p.jsonl:1:4194304: more than 2097152 values in one line"; len(got) != 1 || got[0] != want {
		t.Errorf("findings %q, want %q", got, want)
	}
}
