package convert

import (
	"context"
	"strconv"

	"github.com/promptmill/promptmill/convert/dataset"
)

const (
	sampleRows  = 100 // how far to look for a value that is not null
	sampleRunes = 60
)

// Samples returns for each of the columns (nil: all) the first value that is not nothing, looked for in some rows at the
// start of the file: escaped for a terminal, shortened to 60 characters, texts in quotes; "" where there is none. An error
// means that the file cannot be read, whatever its columns are.
func Samples(ctx context.Context, f dataset.Table, columns []string) (map[string]string, error) {
	found := make(map[string]string)
	for b, err := range f.Batches(ctx, columns) {
		if err != nil {
			return nil, err
		}
		for _, field := range f.Schema().Fields {
			if c, ok := b.Column(field.Name); ok {
				found[field.Name] = firstSample(c, min(b.NumRows(), sampleRows))
			}
		}
		break
	}
	return found, nil
}

// firstSample returns the first of n values that is not nothing, as a sample, or "".
func firstSample(c dataset.Column, n int) string {
	for row := range n {
		switch v := c.Value(row); v.Kind() {
		case dataset.List, dataset.Struct, dataset.Map:
			text, more := cut(string(v.JSON(nil)))
			return printable(text) + more
		case dataset.String, dataset.Binary:
			if s := v.Text(); s != "" {
				text, more := cut(s)
				return strconv.QuoteToGraphic(text) + more
			}
		case dataset.Null:
		default:
			return v.Text()
		}
	}
	return ""
}

// cut returns the start of a text, and "..." where there is more of it.
func cut(text string) (start, more string) {
	n := 0
	for i := range text {
		if n++; n > sampleRunes {
			return text[:i], "..."
		}
	}
	return text, ""
}

// printable makes a foreign name fit for a terminal: as it is when every rune can be printed, else quoted.
func printable(name string) string {
	for _, r := range name {
		if !strconv.IsPrint(r) {
			return strconv.Quote(name)
		}
	}
	return name
}
