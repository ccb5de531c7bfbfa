//go:build ignore

// Generate writes bad.txt and bad.jsonl: files with one of everything that can be
// wrong. Run it in its folder: go run generate.go
package main

import (
	"log"
	"os"
	"strings"
)

var text = []string{
	"A good line.",
	"",
	" \u00a0\t",
	"naïve — caf\xe9 here",
	"\ufeffA byte order mark in the middle of a file",
	"Windows line\r",
	"\x1b[31mred\x1b[0m and a bell \x07",
	"two\u0085lines",
	"two\u2028lines",
	"access \u202eresu\u202c level",
	"Itâ€™s broken",
	"A good line.",
	strings.Repeat("long ", 40) + "\x00" + strings.Repeat(" tail", 40),
	"no line feed",
}

var jsonl = []string{
	`{"prompt":"What is 2 + 2?","expected":"4"}`,
	`{"expected": "\u00e9", "prompt": "ü\n\ud83d\udcca"}`,
	``,
	`What is 2 + 2?`,
	`{"prompt":"a","expected":"b"`,
	`{"prompt":"a","expected":"b"}{"prompt":"a","expected":"b"}`,
	"{\"prompt\":\"caf\xe9\",\"expected\":\"b\"}",
	"{\"prompt\":\"a\",\"expected\":\"b\"}\r",
	"\ufeff" + `{"prompt":"a","expected":"b"}`,
	`{"prompt":"äö","expected":"b","prompt":"c"}`,
	`{"question":"a","answer":"b"}`,
	`{"prompt":"a"}`,
	`{"prompt":"  \n ","expected":""}`,
	`{"prompt":["a"],"expected":42}`,
	`["a","b"]`,
	"{\"prompt\":\"tab\there\",\"expected\":\"b\"}",
	"{\"prompt\":\"two\u2028lines\",\"expected\":\"\\ud83d\"}",
	`{"prompt":"a","expected":` + strings.Repeat("[", 200),
	`{"prompt":"a","expected":"b","\u001b[2J` + strings.Repeat("x", 60) + `":1}`,
	`{"prompt":"What is 2 + 2?","expected":"4"}`,
	``,
}

func main() {
	for name, lines := range map[string][]string{"bad.txt": text, "bad.jsonl": jsonl} {
		if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
