package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Dataset is one split of one config at one commit: what [Client.Download] fetches.
type Dataset struct {
	Ref     Ref          // what was asked for, with Revision, Config and Split filled in
	Commit  string       // 40 hex digits
	Files   []File       // the parquet files of the split, in reading order; at least one
	Configs []ConfigInfo // everything there is to choose from, in the dataset's order

	tree  listing
	whole bool // tree is everything at the commit, not only what the cache happens to hold
	docs  map[string][]byte
}

// ConfigInfo is one config of a dataset.
type ConfigInfo struct {
	Name    string
	Default bool     // it is read when no config is named
	Splits  []string // names, in the dataset's order; some may have no parquet
}

// Size returns the bytes of all files of the split.
func (d *Dataset) Size() int64 {
	var n int64
	for _, f := range d.Files {
		n += f.Size
	}
	return n
}

// Resolve finds the commit of a revision, the config and the split that the reference means, and their files. It
// reads the cache and writes nothing. A revision that is a commit is resolved from the cache alone when the cache
// knows its files; so is every revision that was downloaded before, if the client is offline.
//
// Errors match [ErrNotFound], [ErrGated], [ErrUnauthorized], [ErrUnavailable], [ErrOffline], [ErrCorrupt],
// [ErrAmbiguous] (then as a [*ChoiceError]) or [ErrNoParquet].
func (c *Client) Resolve(ctx context.Context, ref Ref) (*Dataset, error) {
	if err := ref.check(); err != nil {
		return nil, err
	}
	s := c.store(ref.Repo)
	commit, err := c.pin(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	ref.Revision = ref.revision()
	d := &Dataset{Ref: ref, Commit: commit, docs: map[string][]byte{}}
	if err := c.fillTree(ctx, s, d); err != nil {
		return nil, err
	}
	configs, err := c.configs(ctx, s, d)
	if err != nil {
		return nil, err
	}
	l := newLayout(ref, configs, d.tree.paths())
	pick, err := l.choose()
	if err != nil {
		return nil, err
	}
	d.Ref.Config, d.Ref.Split = pick.config, pick.split
	d.Configs = l.describe()
	for _, p := range pick.files {
		d.Files = append(d.Files, d.tree[p])
	}
	return d, nil
}

// pin returns the commit that the reference means.
func (c *Client) pin(ctx context.Context, s store, ref Ref) (string, error) {
	rev := ref.revision()
	if commitRE.MatchString(rev) {
		return rev, nil
	}
	cached, err := s.readRef(rev)
	if c.cfg.Offline {
		if err != nil {
			return "", notCached(ref.String(), s)
		}
		return cached, nil
	}
	commit, askErr := c.commit(ctx, ref)
	if e, ok := errors.AsType[*Error](askErr); ok && err == nil && errors.Is(askErr, ErrUnavailable) {
		e.Advice = "the cache has this revision: HF_HUB_OFFLINE=1 reads it"
	}
	return commit, askErr
}

// fillTree sets the listing of the commit: from the cache, where it never changes, else from the Hub.
func (c *Client) fillTree(ctx context.Context, s store, d *Dataset) error {
	if tree, ok := s.readTree(d.Commit); ok {
		d.tree, d.whole = tree, true
		return nil
	}
	var err error
	if !c.cfg.Offline {
		d.tree, err = c.list(ctx, d.Ref.Repo, d.Commit)
		d.whole = err == nil
		return err
	}
	if d.tree, err = s.snapshot(d.Commit); err != nil || len(d.tree) == 0 {
		return notCached(d.Ref.String(), s)
	}
	c.cfg.Logf("%s: the cache has no list of the files at %.8s: only the %d cached ones are known", d.Ref, d.Commit, len(d.tree))
	return nil
}

// Files that declare configs; the second overrides the first.
const (
	readmeFile   = "README.md"
	metadataFile = ".huggingface.yaml"
)

// configs returns what the dataset declares.
func (c *Client) configs(ctx context.Context, s store, d *Dataset) ([]cardConfig, error) {
	var out []cardConfig
	for _, src := range []struct {
		file  string
		parse func([]byte) ([]cardConfig, error)
	}{{readmeFile, parseCard}, {metadataFile, parseMetadata}} {
		f, ok := d.tree[src.file]
		if !ok {
			continue
		}
		text, err := c.readDoc(ctx, s, d, f)
		if err != nil {
			return nil, err
		}
		found, err := src.parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w: %s", d.Ref, src.file, ErrCorrupt, printable(err.Error(), maxErrorMessage))
		}
		if len(found) > 0 {
			out = found
		}
	}
	if len(out) == 0 && d.Ref.Revision == exportRevision {
		var partial []string
		out, partial = exportedConfigs(slices.Sorted(maps.Keys(d.tree)))
		for _, p := range partial {
			c.cfg.Logf("%s: the Hub copied only the first part of %s", d.Ref, printable(p, 80))
		}
	}
	return out, nil
}

// maxDoc bounds a README, which is held in memory.
const maxDoc = 16 << 20

// readDoc returns a small file of the commit and keeps it for the cache, where Python expects it too.
func (c *Client) readDoc(ctx context.Context, s store, d *Dataset, f File) ([]byte, error) {
	if text, err := s.readBlob(f); err == nil {
		d.docs[f.Path] = text
		return text, nil
	}
	if c.cfg.Offline {
		return nil, notCached(d.Ref.String()+": "+f.Path, s)
	}
	if f.Size > maxDoc {
		return nil, fmt.Errorf("%s: %s: %w: %d bytes, which no description has", d.Ref, f.Path, ErrCorrupt, f.Size)
	}
	var buf buffer
	if _, err := c.transfer(d, f, &buf, nil).run(ctx); err != nil {
		return nil, err
	}
	d.docs[f.Path] = buf.Bytes()
	return buf.Bytes(), nil
}

// notCached is for something that only the network could give.
func notCached(what string, s store) error {
	return fmt.Errorf("%s is not in the cache at %s: %w; run once without HF_HUB_OFFLINE and --offline", what, s.cache, ErrOffline)
}
