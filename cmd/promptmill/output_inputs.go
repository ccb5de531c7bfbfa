package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/cmd/promptmill/internal/s3"
)

// refuseInput is the error of an output that is one of the inputs, by whatever path or link it is named: to write it
// would destroy what was read. An input that is a folder stands for the files in it.
func (p *process) refuseInput(output string, inputs ...string) error {
	if output == "" || output == "-" {
		return nil
	}
	out, err := os.Stat(output)
	exists := err == nil && out.Mode().IsRegular()
	stored := p.named(output)
	for _, in := range inputs {
		sameObject := strings.HasPrefix(stored, s3.Scheme) && stored == p.named(in)
		if sameObject || exists && p.holds(in, out) {
			return usagef("%s: the output is one of the inputs; give it another name", stored)
		}
	}
	return nil
}

// holds reports whether the input called path is the file, or is a folder with it.
func (p *process) holds(path string, file fs.FileInfo) bool {
	if f, ok := p.stdin.(*os.File); ok && path == "-" {
		info, err := f.Stat()
		return err == nil && os.SameFile(info, file)
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return err == nil && os.SameFile(info, file)
	}
	found := false
	_ = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error { // what cannot be read, is not
		if err == nil && !entry.IsDir() {
			info, err := os.Stat(name)
			found = found || err == nil && os.SameFile(info, file)
		}
		return nil
	})
	return found
}

// writtenFlags are the flags whose files are written, or may be: --resume goes on in the file that it names.
var writtenFlags = []string{"output", "manifest", "lineage", "resume"}

// given are the values of a command line that may name files to read, and the manifests beside those: its arguments, and
// what its flags have, behind an @ where they may have text, too. Folders are left out: a value may be a path by chance.
func given(c *cli.Context) []string {
	all := slices.Clone(c.Args().Slice())
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if slices.Contains(writtenFlags, name) {
			continue
		}
		switch v := c.Value(name).(type) {
		case string:
			all = append(all, strings.TrimPrefix(v, "@"))
		case cli.StringSlice:
			all = append(all, v.Value()...)
		}
	}
	for _, path := range slices.Clone(all) {
		all = append(all, path+manifestSuffix)
	}
	return slices.DeleteFunc(all, func(path string) bool {
		info, err := os.Stat(path)
		return path != "-" && (err != nil || info.IsDir())
	})
}
