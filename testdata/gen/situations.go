package main

import "fmt"

// situations are the small datasets, each for one way that data comes to a mapping or to cleaning.
var situations = map[string]func() ([]byte, error){
	"qa":             qa,
	"chat":           chat,
	"alpaca":         alpaca,
	"mcq":            mcq,
	"text":           text,
	"nulls":          nulls,
	"multi_rowgroup": multiRowGroup,
	"unicode":        unicode,
}

type qaRow struct {
	Question *string `parquet:"question,dict"`
	Answer   *string `parquet:"answer,dict"`
}

var qaFeatures = object{"question": value("string"), "answer": value("string")}

// qa is the plainest layout: a question and its worked answer.
func qa() ([]byte, error) {
	return encode(qaFeatures, []qaRow{
		{new("What is 2 + 3?"), new("2 + 3 = 5\n#### 5")},
		{new("A box holds 12 pens. How many pens are in 4 boxes?"), new("12 * 4 = 48\n#### 48")},
		{new("Name the \"largest\" planet."), new("Jupiter")},
		{new("Which line is second?\nfirst\nsecond\nthird"), new("second")},
		{new("Is 1,024 a power of two?"), new("Yes: 2^10 = 1,024.\n#### yes")},
	})
}

type message struct {
	Role    *string `parquet:"role,plain"`
	Content *string `parquet:"content,plain"`
}

type chatRow struct {
	ID       *string    `parquet:"id,dict"`
	Messages []*message `parquet:"messages,list,optional"`
}

// chat is a conversation per row: one turn, several, with a system prompt, without an answer, empty
// and null.
func chat() ([]byte, error) {
	turn := func(role, content string) *message { return &message{new(role), new(content)} }
	features := object{
		"id":       value("string"),
		"messages": list(object{"role": value("string"), "content": value("string")}),
	}
	return encode(features, []chatRow{
		{new("c-1"), []*message{turn("user", "Say hello."), turn("assistant", "Hello.")}},
		{new("c-2"), []*message{
			turn("system", "You answer in one word."),
			turn("user", "Capital of France?"), turn("assistant", "Paris"),
			turn("user", "And of Italy?"), turn("assistant", "Rome"),
		}},
		{new("c-3"), []*message{turn("user", "Write a haiku\nabout \"rain\".")}},
		{new("c-4"), []*message{}},
		{new("c-5"), nil},
		{new("c-6"), []*message{{new("user"), nil}, turn("assistant", "What do you mean?")}},
	})
}

type alpacaRow struct {
	Instruction *string `parquet:"instruction,dict"`
	Input       *string `parquet:"input,dict"`
	Output      *string `parquet:"output,dict"`
}

// alpaca is instruction, optional input, output.
func alpaca() ([]byte, error) {
	features := object{
		"instruction": value("string"), "input": value("string"), "output": value("string"),
	}
	return encode(features, []alpacaRow{
		{new("Give three primary colours."), new(""), new("Red, yellow and blue.")},
		{new("Translate into German."), new("Good morning"), new("Guten Morgen")},
		{new("Sort the numbers."), new("3, 1, 2"), new("1, 2, 3")},
		{new("Say nothing."), nil, new("")},
	})
}

type mcqRow struct {
	Question *string   `parquet:"question,dict"`
	Subject  *string   `parquet:"subject,dict"`
	Choices  []*string `parquet:"choices,list,optional" parquet-element:",plain"`
	Answer   *int64    `parquet:"answer,dict"`
}

// mcq is multiple choice: the answer is a class label, an index into A to D; -1 is unknown.
func mcq() ([]byte, error) {
	features := object{
		"question": value("string"), "subject": value("string"),
		"choices": list(value("string")), "answer": classLabel("A", "B", "C", "D"),
	}
	choices := func(texts ...string) (out []*string) {
		for _, s := range texts {
			out = append(out, new(s))
		}
		return out
	}
	return encode(features, []mcqRow{
		{new("Which is a prime?"), new("maths"), choices("4", "6", "7", "9"), new(int64(2))},
		{new("Which is a mammal?"), new("biology"), choices("trout", "whale", "wren", "newt"), new(int64(1))},
		{new("H2O is ...?"), new("chemistry"), choices("water", "salt", "air", "gold"), new(int64(0))},
		{new("Nobody knows."), new("other"), choices("a", "b", "c", "d"), new(int64(-1))},
		{new("No label."), nil, choices("a", "b", "c", "d"), nil},
	})
}

type textRow struct {
	Text *string `parquet:"text,dict"`
}

// text is a corpus without answers.
func text() ([]byte, error) {
	return encode(object{"text": value("string")}, []textRow{
		{new("The mill grinds while the wind blows.")},
		{new("Two paragraphs.\n\nThe second one is here.")},
		{new("A tab\tseparates these.")},
	})
}

// nulls has every way for a cell to hold nothing, without features in the footer.
func nulls() ([]byte, error) {
	return encode(nil, []qaRow{
		{new("kept?"), new("yes")},
		{nil, new("an answer without a question")},
		{new("a question without an answer"), nil},
		{nil, nil},
		{new(""), new("")},
		{new("   "), new(" \t\n ")},
		{new("\u00a0\u2003"), new("only exotic spaces in the question")},
		{new("last?"), new("yes")},
	})
}

// multiRowGroup is three row groups of unequal size.
func multiRowGroup() ([]byte, error) {
	rows := make([]qaRow, 10)
	for i := range rows {
		rows[i] = qaRow{new(fmt.Sprintf("What is %d squared?", i)), new(fmt.Sprint(i * i))}
	}
	return encode(qaFeatures, rows[:4], rows[4:5], rows[5:])
}

// unicode is text that cleaning has to look at twice.
func unicode() ([]byte, error) {
	texts := []string{
		"na\u00efve caf\u00e9",                        // composed
		"nai\u0308ve cafe\u0301",                      // the same, decomposed
		"It\u00e2\u20ac\u2122s mojibake",              // UTF-8 read as Windows-1252
		"windows\r\nline\r\nends",                     // CRLF
		"old mac\rline\rends",                         // CR
		"zero\u200bwidth\u200d and \ufeffBOM",         // invisible characters
		"\u202eright to left override\u202c",          // direction controls
		"bell\x07 escape\x1b[31mred\x1b[0m nul\x00",   // control characters
		"line\u2028separator and next\u0085line",      // line breaks that are not \n
		"\U0001F600 emoji \U0001F469\u200D\U0001F4BB", // beyond the BMP, joined
		"\u65e5\u672c\u8a9e\u306e\u6587\u7ae0",        // Japanese
		"invalid \xff\xfe bytes \xc3",                 // not UTF-8 although the column says so
		"  padded\u00a0 with   runs\t\tof space  ",
		"quotes \" ' \\ and </script> & <b>",
	}
	rows := make([]qaRow, len(texts))
	for i, s := range texts {
		rows[i] = qaRow{new(s), new(fmt.Sprintf("row %d", i))}
	}
	return encode(qaFeatures, rows)
}

// broken are files that are no parquet file; whole is one that is.
func broken(whole []byte) map[string][]byte {
	return map[string][]byte{
		"truncated": whole[:len(whole)*3/5],
		"lfs_pointer": []byte("version https://git-lfs.github.com/spec/v1\n" +
			"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n" +
			"size 12345\n"),
		"html": []byte("<!doctype html>\n<html><head><title>Sign in</title></head>" +
			"<body>Please sign in to download this file.</body></html>\n"),
	}
}
