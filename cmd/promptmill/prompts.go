package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/validate"
)

// promptFile is a prompt file on its way into a bench.
type promptFile struct {
	prompts  []bench.Prompt
	set      results.PromptSet
	manifest json.RawMessage // nil where there is none beside the file
}

// promptManifest is what bench needs to know of a manifest.
type promptManifest struct {
	Options struct {
		AllowEmptyExpected bool `json:"allow_empty_expected"`
	} `json:"options"`
	Output struct {
		Format  string `json:"format"`
		Layout  string `json:"layout"`
		Newline string `json:"newline"`
		SHA256  string `json:"sha256"`
	} `json:"output"`
}

// promptOptions say how far a prompt file is trusted.
type promptOptions struct {
	schema    string // of JSONL, a name or a file; "" is what the manifest says, else what the first line tells
	unchecked bool   // do not validate
	fields    bool   // keep all that lines have, for templates
}

// readPrompts reads a prompt file, or stdin for "-", whole: it is sent over and over. It may be compressed. It refuses a
// file that validate refuses, unless it is told not to look.
func (a *app) readPrompts(ctx context.Context, path string, o promptOptions) (*promptFile, error) {
	data, err := a.readAll(ctx, path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	f := &promptFile{set: results.PromptSet{Path: a.named(path), SHA256: hex.EncodeToString(sum[:])}}
	m, err := f.readManifest(path)
	if err != nil {
		return nil, err
	}
	if f.manifest == nil && isDataset(path) {
		name := a.named(path)
		return nil, usagef("%s is a dataset by its name, and bench takes prompts: promptmill convert %s -o prompts.jsonl makes prompts of it", name, name)
	}
	name := nameOf(path)
	if data, err = unpackAll(data, name); err != nil {
		return nil, err
	}
	if f.set.Format, err = a.admit(ctx, data, name, o, m); err != nil {
		return nil, err
	}
	f.prompts, err = bench.ReadPrompts(bytes.NewReader(data), bench.PromptOptions{
		Format: bench.Format(f.set.Format), Escaped: m.Output.Newline == "escape", Fields: o.fields,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f.set.Count = len(f.prompts)
	return f, nil
}

// admit returns the format of the prompts in data, as validate sees it unless the manifest knows, and refuses those that
// validate would refuse.
func (a *app) admit(ctx context.Context, data []byte, name string, o promptOptions, m promptManifest) (format string, err error) {
	check := validate.Options{Format: m.Output.Format, AllowEmptyExpected: m.Options.AllowEmptyExpected, MaxErrors: 10}
	if !o.unchecked {
		if check.Schema, check.SchemaFile, err = readSchema(o.schema); err != nil {
			return "", err
		}
		if o.schema == "" {
			check.Schema = m.Output.Layout // "" for txt
		}
	}
	checker, err := validate.New(check)
	if err != nil {
		return "", withCode(exitUsage, inSchema(o.schema, err))
	}
	text := bufio.NewReaderSize(bytes.NewReader(data), 1<<16)
	if checker, err = checker.For(name, text); err != nil {
		return "", err
	}
	format = checker.FormatOf(name, text)
	if o.unchecked {
		return format, nil
	}
	return format, a.refuseInvalid(ctx, text, name, checker)
}

// isDataset reports whether a file's name says that its lines are no prompts.
func isDataset(path string) bool {
	extension := strings.ToLower(filepath.Ext(unpacked(path)))
	return slices.Contains([]string{".csv", ".tsv", ".json", ".parquet", ".arrow", ".ipc", ".feather"}, extension)
}

func (a *app) readAll(ctx context.Context, path string) ([]byte, error) {
	in, err := a.open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil && path == "-" {
		return nil, fmt.Errorf("read stdin: %w", err)
	}
	return data, err
}

// unpackAll returns the text of a file that may be compressed.
func unpackAll(data []byte, name string) ([]byte, error) {
	text, compression, err := unpack(bytes.NewReader(data), name)
	if err != nil || compression == "" {
		return data, err
	}
	if data, err = io.ReadAll(text); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// readManifest reads the manifest beside the file, if there is one. A manifest of other bytes than the file's is
// an error: it would tell a wrong origin.
func (f *promptFile) readManifest(path string) (m promptManifest, err error) {
	if path == "-" {
		return m, nil
	}
	data, err := readFile(path + manifestSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%s%s: %w; delete it or convert anew", path, manifestSuffix, err)
	}
	if m.Output.SHA256 != f.set.SHA256 {
		return m, fmt.Errorf("%s%s: it describes other bytes than %s has; delete it or convert anew", path, manifestSuffix, path)
	}
	f.manifest = data
	return m, nil
}
