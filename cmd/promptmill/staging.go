package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/cmd/promptmill/internal/s3"
)

// A staging is where a command works on files of an S3 store: in a folder of this machine. What it reads is fetched
// before it begins, and what it has written is stored when it has ended. So a crash leaves what a crash leaves of local
// files, in that folder, and a store never has half a file.
type staging struct {
	store   *s3.Store
	folder  string
	outputs []stagedOutput
	staged  int
}

// A stagedOutput is a folder that becomes objects: the file of the name, and what the command writes beside it.
type stagedOutput struct{ folder, name string }

// stage makes the s3:// names among the arguments of a command names of local files, after it has fetched those that are
// read. Call end when the command has ended, whatever it returned.
func (a *app) stage(ctx context.Context, c *cli.Command, args []string) ([]string, *staging, error) {
	args = a.outputOfEnvironment(c, args)
	if !slices.ContainsFunc(args, func(arg string) bool { return strings.Contains(arg, s3.Scheme) }) {
		return args, nil, nil
	}
	store, err := s3.Open(a.getenv)
	if err != nil {
		return nil, nil, withCode(exitUsage, err)
	}
	s := &staging{store: store}
	if s.folder, err = os.MkdirTemp("", "promptmill-s3-"); err != nil {
		return nil, nil, err
	}
	if args, err = s.localize(ctx, a, args); err != nil {
		return nil, nil, errors.Join(a.stored(ctx, err), os.RemoveAll(s.folder))
	}
	return args, s, nil
}

// outputOfEnvironment makes an argument of an output that the environment names.
func (a *app) outputOfEnvironment(c *cli.Command, args []string) []string {
	name := a.getenv(variable("output"))
	has := slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return f.Names()[0] == "output" })
	if !has || !strings.HasPrefix(name, s3.Scheme) || slices.ContainsFunc(args, func(arg string) bool { return isFlag(arg, "o", "output") }) {
		return args
	}
	return append([]string{"--output=" + name}, args...)
}

// isFlag reports whether an argument is one of the flags, with its value or without.
func isFlag(arg string, names ...string) bool {
	flag, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	return strings.HasPrefix(arg, "-") && slices.Contains(names, flag)
}

// localize replaces names by local ones. Flags come before "--", as [flagsFirst] has them.
func (s *staging) localize(ctx context.Context, a *app, args []string) ([]string, error) {
	var local []string
	for i, arg := range args {
		head, name, flag := "", arg, arg
		switch before, value, joined := strings.Cut(arg, "="); {
		case strings.HasPrefix(arg, "-") && joined:
			head, name = before+"=", value
		case i > 0 && !strings.Contains(args[i-1], "="):
			flag = args[i-1]
		}
		if !strings.HasPrefix(name, s3.Scheme) {
			local = append(local, arg)
			continue
		}
		files, err := s.stand(ctx, a, flag, name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			local = append(local, head+file)
		}
	}
	return local, nil
}

// stand returns the local files that stand for a name, which is the value of flag or an argument.
func (s *staging) stand(ctx context.Context, a *app, flag, name string) ([]string, error) {
	if isFlag(flag, "o", "output", "manifest", "lineage") {
		file, err := s.output(a, name)
		return []string{file}, err
	}
	files, err := s.fetch(ctx, a, name)
	if isFlag(flag, "resume") { // reads the file, and goes on in it
		for _, file := range files {
			s.outputs = append(s.outputs, stagedOutput{filepath.Dir(file), name})
		}
	}
	return files, err
}

// place is a new folder for the file of a name; messages say the name where they mean the file.
func (s *staging) place(a *app, name string) (folder, file string, err error) {
	folder = filepath.Join(s.folder, strconv.Itoa(s.staged))
	s.staged++
	a.names = append(a.names, folder+string(filepath.Separator), name[:len(name)-len(path.Base(name))])
	return folder, filepath.Join(folder, path.Base(name)), os.Mkdir(folder, 0o700)
}

func (s *staging) output(a *app, name string) (string, error) {
	if _, _, err := s3.Split(name); err != nil {
		return "", withCode(exitUsage, err)
	}
	folder, file, err := s.place(a, name)
	s.outputs = append(s.outputs, stagedOutput{folder, name})
	return file, err
}

// fetch brings the objects that a pattern means, each with its manifest where it has one.
func (s *staging) fetch(ctx context.Context, a *app, pattern string) ([]string, error) {
	names, err := s.store.Match(ctx, pattern)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range names {
		_, file, err := s.place(a, name)
		if err != nil {
			return nil, err
		}
		if err := s.store.Download(ctx, name, file); err != nil {
			return nil, err
		}
		files = append(files, file)
		if strings.HasSuffix(name, ".parquet") { // which has what a manifest tells
			continue
		}
		if err := s.store.Download(ctx, name+manifestSuffix, file+manifestSuffix); err != nil && !errors.Is(err, s3.ErrNone) {
			return nil, err
		}
	}
	return files, nil
}

// end stores what the command has written, also when it failed with err: a run that was stopped early has results. What
// cannot be stored, and what is not complete, stays where it is, and the error says where.
func (s *staging) end(ctx context.Context, a *app, err error) error {
	if s == nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // an interrupt ends the command, and what it leaves is to be kept
	left := false
	for _, o := range s.outputs {
		partial, storeErr := s.keep(ctx, o)
		if storeErr != nil {
			err = errors.Join(err, fmt.Errorf("%w; what was to be stored is in %s", a.stored(ctx, storeErr), o.folder))
		}
		if partial {
			a.logf("WARNING: what is not complete is not stored; it is in %s", o.folder)
		}
		left = left || partial || storeErr != nil
	}
	if left {
		return err
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

// keep stores the files of an output, the one of the name last. It returns whether there is one that is not complete.
func (s *staging) keep(ctx context.Context, o stagedOutput) (partial bool, err error) {
	entries, err := os.ReadDir(o.folder)
	if err != nil {
		return false, err
	}
	base := path.Base(o.name)
	slices.SortStableFunc(entries, func(a, b os.DirEntry) int {
		return strings.Compare(strconv.FormatBool(a.Name() == base), strconv.FormatBool(b.Name() == base))
	})
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".partial") || strings.HasPrefix(e.Name(), ".") {
			partial = true
			continue
		}
		if err := s.store.Upload(ctx, filepath.Join(o.folder, e.Name()), strings.TrimSuffix(o.name, base)+e.Name()); err != nil {
			return partial, err
		}
	}
	return partial, nil
}

// stored gives an error of the store its exit code.
func (a *app) stored(ctx context.Context, err error) error {
	if errors.Is(err, s3.ErrName) {
		return withCode(exitUsage, err)
	}
	return remote(ctx, err)
}

// named is text with the names of objects in place of the files that stand for them.
func (p *process) named(text string) string {
	if len(p.names) == 0 {
		return text
	}
	return strings.NewReplacer(p.names...).Replace(text)
}
