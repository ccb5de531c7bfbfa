package validate_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/promptmill/promptmill/validate"
)

// pack compresses text.
func pack(t testing.TB, compression, text string, o ...zstd.EOption) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if compression == validate.Zstd {
		z, err := zstd.NewWriter(&b, o...)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReader_compressed(t *testing.T) {
	text := strings.Repeat("{\"prompt\":\"a\",\"expected\":\"b\"}\n", 5000) + "bad\n"
	for compression, name := range map[string]string{"": "p.jsonl", validate.Gzip: "p.jsonl.gz", validate.Zstd: "p.jsonl.zst"} {
		data := []byte(text)
		if compression != "" {
			data = pack(t, compression, text)
		}
		for _, name := range []string{name, "stdin"} {
			sum, err := validate.Reader(t.Context(), bytes.NewReader(data), name, validate.Options{}, func(validate.Finding) {})
			if err != nil || sum.Lines != 5001 || sum.Errors != 1 || sum.Format != "jsonl" || sum.Compression != compression {
				t.Errorf("%s: %+v, error %v", name, sum, err)
			}
		}
		if compression == "" {
			continue
		}
		_, err := validate.Reader(t.Context(), bytes.NewReader(data[:len(data)-9]), name, validate.Options{}, func(validate.Finding) {})
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), compression+": the end is missing") {
			t.Errorf("%s cut short: error %v", name, err)
		}
	}
}

// TestUnpack_window holds that a file cannot ask for more memory than a decoder has.
func TestUnpack_window(t *testing.T) {
	random := make([]byte, 1<<20)
	data := pack(t, validate.Zstd, string(random), zstd.WithWindowSize(256<<20), zstd.WithSingleSegment(false))
	text, _, err := validate.Unpack(bytes.NewReader(data))
	if err == nil {
		_, err = io.Copy(io.Discard, text)
	}
	if !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("error %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, validate.Gzip, "a\n"), "b")
	f.Add(pack(f, validate.Zstd, "a\n"), "b")
	f.Add([]byte("\x1f\x8b"), "\x28\xb5\x2f\xfd")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if r, compression, err := validate.Unpack(bytes.NewReader(data)); err == nil {
			out, err := io.ReadAll(io.LimitReader(r, 1<<20))
			if compression == "" && (err != nil || !bytes.Equal(out, data)) {
				t.Errorf("plain %q became %q, error %v", data, out, err)
			}
		}
		for _, compression := range []string{validate.Gzip, validate.Zstd} {
			r, got, err := validate.Unpack(bytes.NewReader(pack(t, compression, text)))
			if err != nil || got != compression {
				t.Fatalf("%s is taken for %q, error %v", compression, got, err)
			}
			if out, err := io.ReadAll(r); err != nil || string(out) != text {
				t.Errorf("%s: %q became %q, error %v", compression, text, out, err)
			}
		}
	})
}
