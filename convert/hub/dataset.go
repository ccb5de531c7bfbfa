package hub

import (
	"context"
	"errors"
	"fmt"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// Dataset is a part of a dataset at one commit: what [Client.Download] fetches.
type Dataset struct {
	Ref     Ref          // what was asked for, with Revision filled in, and Config and Split where they are one
	Commit  string       // 40 hex digits
	Files   []File       // in reading order, none twice; at least one
	Splits  []Split      // what the files belong to, in the dataset's order; none when Include chose them among all files
	Configs []ConfigInfo // everything there is to choose from, in the dataset's order

	// Exported says that the files are the parquet copy that the Hub made of a dataset that has none itself. Ref.Revision
	// and Commit are then those of the copy.
	Exported bool
	// Partial names the splits of which the copy holds only the start, as CONFIG/SPLIT.
	Partial []string

	tree   listing
	whole  bool // tree is everything at the commit, not only what the cache happens to hold
	docs   map[string][]byte
	source *Dataset // what the Hub made the copy of; nil unless Exported
}

// Split is a part of a config.
type Split struct {
	Name    string
	Files   []File // parquet, in reading order
	Rows    int64  // as the card declares; -1 when it does not
	Partial bool   // the files are the start of the split only, which is all that the Hub's copy has
}

// Size returns the bytes of the split.
func (s Split) Size() int64 { return sizeOf(s.Files) }

// ConfigInfo is one config of a dataset.
type ConfigInfo struct {
	Name    string
	Default bool     // it is read when no config is named
	Splits  []string // names, in the dataset's order; some may have no parquet
}

// Size returns the bytes of all files.
func (d *Dataset) Size() int64 { return sizeOf(d.Files) }

func sizeOf(files []File) int64 {
	var n int64
	for _, f := range files {
		n += f.Size
	}
	return n
}

// at returns the commit that the reference means, with the list of its files.
func (c *Client) at(ctx context.Context, ref Ref) (*Dataset, error) {
	s := c.store(ref.Repo)
	commit, err := c.pin(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	ref.Revision = ref.revision()
	d := &Dataset{Ref: ref, Commit: commit, docs: map[string][]byte{}}
	return d, c.fillTree(ctx, s, d)
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
		d.tree, err = c.listings.get(ctx, d.Ref.Repo, d.Commit, c.list)
		d.whole = err == nil
		return err
	}
	if d.tree, err = s.snapshot(d.Commit); err != nil || len(d.tree) == 0 {
		return notCached(d.Ref.String(), s)
	}
	c.cfg.Logf("WARNING: %s: the cache has no list of the files at %.8s: only the %d cached ones are known, and more may belong to what you ask for",
		d.Ref, d.Commit, len(d.tree))
	return nil
}

// card returns what the dataset declares.
func (c *Client) card(ctx context.Context, d *Dataset) (split.Card, error) {
	var text [2][]byte
	for i, name := range []string{split.ReadmeFile, split.MetadataFile} {
		f, ok := d.tree[name]
		if !ok {
			continue
		}
		var err error
		if text[i], err = c.readDoc(ctx, c.store(d.Ref.Repo), d, f); err != nil {
			return split.Card{}, err
		}
	}
	out, err := split.ParseCard(text[0], text[1])
	if err != nil {
		return split.Card{}, fmt.Errorf("%s: %w: %s", d.Ref, ErrCorrupt, fault.Printable(err.Error(), fault.MaxMessage))
	}
	return out, nil
}

// maxDoc bounds a README, which is held in memory.
const maxDoc = 16 << 20

// readDoc returns a small file of the commit and keeps it for the cache, where Python expects it too.
func (c *Client) readDoc(ctx context.Context, s store, d *Dataset, f File) ([]byte, error) {
	if text, ok := d.docs[f.Path]; ok {
		return text, nil
	}
	if text, err := s.readSmall(d.Commit, f); err == nil {
		d.docs[f.Path] = text
		return text, nil
	}
	if c.cfg.Offline {
		return nil, notCached(d.Ref.String()+": "+f.Path, s)
	}
	if f.Size > maxDoc {
		return nil, fmt.Errorf("%s: %s: %w: %d bytes, which no description has", d.Ref, f.Path, ErrCorrupt, f.Size)
	}
	text, err := c.origin(d, f).all(ctx)
	if err != nil {
		return nil, err
	}
	d.docs[f.Path] = text
	return text, nil
}

// goOnline is what to do about [ErrOffline].
const goOnline = "run once without HF_HUB_OFFLINE and --offline"

// notCached is for something that only the network could give.
func notCached(what string, s store) error {
	if err := s.unreadable(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s is not in the cache at %s: %w; %s", what, s.cache, ErrOffline, goOnline)
}
