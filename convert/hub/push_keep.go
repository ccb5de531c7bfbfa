package hub

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// Before is what a push finds in a dataset, for a file that is made from it.
type Before struct {
	Content []byte // of the file that is made; nil when there is none by its name

	// Data are the splits that the names of the data files make as long as no config is declared: with the first one they
	// are gone, unless it is a config "default" with these. None when configs are declared, or there is no data.
	Data []SplitFiles
	// Standalone says that .huggingface.yaml declares the configs, and what README.md says of them does not count.
	Standalone bool
}

// SplitFiles is what a card declares of a split.
type SplitFiles struct {
	Split string
	Paths []string // names or patterns, relative to the repository
}

// maxDeclared is how many files a card may have to name.
const maxDeclared = 1000

// standing is how a dataset can be read before a push.
type standing struct {
	docs   map[string][]byte
	paths  []string
	layout *split.Layout // nil when nothing can be read
	broken bool          // because its metadata is no YAML
}

// standing reads what the revision declares.
func (j *pushing) standing(ctx context.Context, base *state) (*standing, error) {
	s := &standing{docs: map[string][]byte{}, paths: base.listing.paths()}
	for _, name := range []string{split.ReadmeFile, split.MetadataFile} {
		text, err := j.read(ctx, base, name)
		if err != nil {
			return nil, err
		}
		s.docs[name] = text
	}
	declared, err := split.ParseCard(s.docs[split.ReadmeFile], s.docs[split.MetadataFile])
	if s.broken = err != nil; s.broken {
		return s, nil // what nobody can read cannot be lost
	}
	if format := split.Foreign(declared, s.paths); j.p.KeepConfigs && format != "" {
		return nil, j.wouldHarm("`datasets` reads a dataset as one format, and reads this one as %s", format)
	}
	if s.layout, err = split.New(j.repo, declared, s.paths, true); err != nil {
		s.layout = nil
		return s, nil //nolint:nilerr // the same
	}
	names := 0
	for _, g := range s.layout.Undeclared() {
		names += len(g.Paths)
	}
	if j.p.KeepConfigs && names > maxDeclared {
		return nil, j.wouldHarm("its README.md would have to name each of its %d data files", names)
	}
	return s, nil
}

// before describes the dataset for a file whose content is old.
func (s *standing) before(old []byte) Before {
	b := Before{Content: old, Standalone: split.StandaloneConfigs(s.docs[split.MetadataFile])}
	if s.layout != nil {
		for _, g := range s.layout.Undeclared() {
			b.Data = append(b.Data, SplitFiles(g))
		}
	}
	return b
}

// keep refuses a push after which a config would be gone, or would be read from other files.
func (j *pushing) keep(was *standing) error {
	if !j.p.KeepConfigs || was.broken {
		return nil
	}
	docs, added := maps.Clone(was.docs), []string(nil)
	for _, l := range j.files {
		if _, ok := docs[l.RepoPath]; ok {
			text, err := l.all()
			if err != nil {
				return err
			}
			docs[l.RepoPath] = text
		}
		if !slices.Contains(was.paths, l.RepoPath) {
			added = append(added, l.RepoPath)
		}
	}
	declared, err := split.ParseCard(docs[split.ReadmeFile], docs[split.MetadataFile])
	if err != nil {
		return j.wouldHarm("its metadata could not be read any more: %w", err)
	}
	paths := slices.Sorted(slices.Values(slices.Concat(was.paths, added)))
	is, err := split.New(j.repo, declared, paths, true)
	if err != nil {
		return j.wouldHarm("`datasets` would read nothing of it: %w", err)
	}
	if was.layout != nil {
		err = was.layout.Keeps(is, added)
	}
	if err != nil {
		return j.wouldHarm("%w", err)
	}
	return nil
}

// wouldHarm is the refusal of a push that a dataset cannot take without loss.
func (j *pushing) wouldHarm(format string, args ...any) error {
	why := fault.Printable(fmt.Errorf(format, args...).Error(), fault.MaxMessage)
	return fmt.Errorf("push to %s: %w: %s; push to another dataset, or to a branch without that data", j.repo, ErrPush, why)
}
