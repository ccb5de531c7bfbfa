package convert_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert"
)

type said struct {
	Role    string `parquet:"role"`
	Content string `parquet:"content"`
}

type talk struct {
	Messages []said `parquet:"messages,list"`
}

// An empty system message is how many datasets say that there are no instructions.
func TestRun_blankSystem(t *testing.T) {
	src := source(write(t, []talk{{[]said{{"system", " \u200b"}, {"user", "q"}, {"assistant", "a"}}}}))
	for layout, want := range map[convert.Layout]string{
		convert.Strict:   `{"prompt":"q","expected":"a"}`,
		convert.Chat:     `{"messages":[{"role":"user","content":"q"}],"expected":"a"}`,
		convert.ShareGPT: `{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}`,
		convert.AIPerf:   `{"turns":[{"text":"q"}]}`,
	} {
		if out, _ := run(t, src, convert.Options{Layout: layout}); string(out) != want+"\n" {
			t.Errorf("%s: got %s, want %s", layout, out, want)
		}
	}
}

func TestRun_shareGPTSystem(t *testing.T) {
	src := source(write(t, []talk{{[]said{{"system", "s"}, {"assistant", "hello"}, {"user", "q"}, {"assistant", "a"}}}}))
	out, _ := run(t, src, convert.Options{Layout: convert.ShareGPT})
	const want = `{"conversations":[{"from":"gpt","value":"hello"},{"from":"human","value":"s\n\nq"},{"from":"gpt","value":"a"}]}` + "\n"
	if string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
}

// Turns that cannot be sent cost their row where turns are written apart, and are no bug.
func TestRun_blankTurn(t *testing.T) {
	type turns struct {
		Turns []string `parquet:"turns,list"`
	}
	for name, src := range map[string]convert.Source{
		"turns": source(write(t, []turns{{[]string{"one", "\u200b"}}, {[]string{"one", "two"}}})),
		"chat": source(write(t, []talk{
			{[]said{{"user", " "}, {"assistant", "hm?"}, {"user", "q"}, {"assistant", "a"}}},
			{[]said{{"user", "one"}, {"assistant", ""}, {"user", "two"}, {"assistant", "a"}}},
		})),
	} {
		out, report := run(t, src, convert.Options{Layout: convert.AIPerf})
		if want := `{"turns":[{"text":"one"},{"text":"two"}]}` + "\n"; string(out) != want {
			t.Errorf("%s: got %s, want %s", name, out, want)
		}
		want := convert.Ledger{Read: 2, Written: 1, Dropped: map[string]int64{"a turn of the user is blank": 1}}
		if diff := cmp.Diff(want, report.Manifest.Rows); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", name, diff)
		}
	}
}

func TestOptions_Validate(t *testing.T) {
	if err := (convert.Options{}).Validate(); err != nil {
		t.Errorf("the zero value: %v", err)
	}
	if err := (convert.Options{Layout: "x"}).Validate(); err == nil {
		t.Error("an unknown layout passes")
	}
}
