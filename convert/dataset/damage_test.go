package dataset_test

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/promptmill/promptmill/convert/dataset"
)

// checkLaw reads data and checks what holds for every file: no panic, and either an *Error or as
// many rows as the file promises. It returns the rows read.
func checkLaw(t testing.TB, data []byte) int64 {
	t.Helper()
	f, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
	if err == nil {
		var rows int64
		rows, err = drainFile(t, f)
		if err == nil && rows != f.NumRows() {
			t.Errorf("%d rows without an error, want %d", rows, f.NumRows())
		}
		if err == nil {
			return rows
		}
	}
	if _, ok := errors.AsType[*dataset.Error](err); !ok {
		t.Errorf("error %v (%T), want an *Error", err, err)
	}
	return 0
}

// damaged are small files with every way of storing rows.
func damaged(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"qa", "chat", "mcq", "nulls", "multi_rowgroup"} {
		data, err := os.ReadFile("../../testdata/parquet/" + name + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	maps.Copy(files, encodedFiles(t))
	return files
}

func TestBatches_truncated(t *testing.T) {
	for name, data := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			for n := 0; n < len(data); n += 1 + len(data)/200 {
				if rows := checkLaw(t, data[:n]); rows != 0 {
					t.Errorf("the first %d of %d bytes have %d rows", n, len(data), rows)
				}
			}
		})
	}
}

// The body cut short, and the footer moved up to it: the pages are missing, the footer is whole.
func TestBatches_hollow(t *testing.T) {
	for name, data := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			size := int(data[len(data)-8]) | int(data[len(data)-7])<<8
			body := len(data) - 8 - size
			for n := 4; n < body; n += 1 + body/100 {
				checkLaw(t, append(bytes.Clone(data[:n]), data[body:]...))
			}
		})
	}
}

func TestBatches_flippedBytes(t *testing.T) {
	// A page that claims to be huge must not be believed.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30))
	rng := rand.New(rand.NewPCG(1, 2))
	for name, data := range damaged(t) {
		t.Run(name, func(t *testing.T) {
			for range 400 {
				bad := bytes.Clone(data)
				bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
				checkLaw(t, bad)
			}
		})
	}
}

func TestBatches_corpusFlippedBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, path := range parquetFiles(t, filepath.Join(corpus(t), "parquet-testing"), "") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 100_000 {
			continue
		}
		for range 60 {
			bad := bytes.Clone(data)
			for range 1 + rng.IntN(3) {
				bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
			}
			checkLaw(t, bad)
		}
	}
}

// The law: whatever the bytes, no panic, and rows == NumRows or an error.
func FuzzBatches(f *testing.F) {
	for _, data := range damaged(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if file.NumRows() > 1<<20 {
			t.Skip("rows of nothing take time, not memory")
		}
		checkLaw(t, data)
	})
}
