package tokens

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	maxFile     = 256 << 20 // bytes; the largest that is known has 33 MB
	jsonName    = "tokenizer.json"
	namedPrefix = "tiktoken:"
)

// modelName matches what models are called on the Hub.
var modelName = regexp.MustCompile(`^\w[\w.-]*/[\w.-]+$`)

// Open reads the tokenizer at a path: a tokenizer.json, a folder that holds one, or a file of ranks that is named after
// its encoding, such as o200k_base.tiktoken. "tiktoken:NAME" is an encoding that needs no file. Errors are those of the
// file system, [ErrCorrupt] and [ErrUnsupported].
func Open(name string) (*Tokenizer, error) {
	if encoding, ok := strings.CutPrefix(name, namedPrefix); ok {
		return openNamed(encoding)
	}
	path := name
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, jsonName)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: this folder has no %s: expected the folder of a model: %w", name, jsonName, err)
		}
	}
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", err, expectedFor(name))
	}
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// expectedFor says what may have been meant by the name of a file that is not there.
func expectedFor(name string) string {
	if _, ok := named[name]; ok {
		return "the encoding is " + namedPrefix + name
	}
	if modelName.MatchString(name) && !strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".tiktoken") {
		return "models are not fetched: expected a file or folder, such as hf download " + name + " tokenizer.json gives"
	}
	return "expected a tokenizer.json, a folder that holds one, NAME.tiktoken, or " + namedPrefix + "NAME with one of " + namesOf(named)
}

// Parse reads a tokenizer from what a file of that name holds: ranks where it ends in .tiktoken, else a tokenizer.json.
func Parse(name string, data []byte) (*Tokenizer, error) {
	read := parseJSON
	if encoding, ok := strings.CutSuffix(filepath.Base(name), ".tiktoken"); ok {
		read = func(data []byte) (*Tokenizer, error) { return parseRanks(encoding, data) }
	}
	t, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	t.name, t.sha256 = name, hex.EncodeToString(sum[:])
	return t, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read: closing it can lose nothing
	var b bytes.Buffer
	if n, err := b.ReadFrom(io.LimitReader(f, maxFile+1)); err != nil {
		return nil, err
	} else if n > maxFile {
		return nil, fmt.Errorf("%s: more than %d MiB: expected a tokenizer.json: %w", path, maxFile>>20, ErrCorrupt)
	}
	return b.Bytes(), nil
}
