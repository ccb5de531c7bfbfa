package convert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strconv"

	"github.com/promptmill/promptmill/convert/dataset"
)

// hashFile returns the SHA-256 of a file, in hex.
func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, contextReader{ctx, f}); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// contextReader stops reading when the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(b []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(b)
}

const (
	sampleRows  = 100 // how far to look for a value that is not null
	sampleRunes = 60
)

// samples returns for each column the first value found, quoted and shortened. An error means that the file
// cannot be read, whatever its columns are.
func samples(ctx context.Context, f *dataset.File) (map[string]string, error) {
	found := make(map[string]string)
	for b, err := range f.Batches(ctx, nil) {
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
		default:
			if s := v.Text(); s != "" {
				text, more := cut(s)
				return strconv.QuoteToGraphic(text) + more
			}
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
