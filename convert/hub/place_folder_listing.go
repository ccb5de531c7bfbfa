package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// locate is at for files that may be in a folder. Offline, its list counts when the cache has none: a list that is known
// to be complete is better than the few files that the cache has.
func (c *Client) locate(ctx context.Context, ref Ref, dir string) (*Dataset, error) {
	s := c.store(ref.Repo)
	cached, _ := s.readRef(ref.revision()) // "" where there is none
	if dir == "" || !c.cfg.Offline || s.lists(first(cached, ref.revision())) {
		return c.at(ctx, ref)
	}
	for _, rev := range []string{first(cached, ref.revision()), ref.revision()} {
		exact := ref
		exact.Revision = rev
		if d, err := c.inFolder(exact, dir, ErrOffline); err == nil {
			d.Ref.Revision = ref.revision()
			return d, nil
		}
	}
	d, err := c.at(ctx, ref)
	if errors.Is(err, ErrOffline) {
		return c.inFolder(ref, dir, err)
	}
	return d, err
}

// inFolder returns the dataset at a commit as the records of a folder describe it, for a client that may not ask the
// Hub and whose cache does not know it. why is the error of the cache. A folder does not know names of revisions: unless
// the reference is a commit, it must have the list of exactly one.
func (c *Client) inFolder(ref Ref, dir string, why error) (*Dataset, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, why
	}
	defer func() { _ = root.Close() }() // it was only read
	commit := ref.revision()
	if !commitRE.MatchString(commit) {
		known := folderCommits(root)
		if len(known) > 1 {
			return nil, fmt.Errorf("%w; %s has the lists of %d commits: choose one with --revision: %s", why, dir, len(known), strings.Join(known, ", "))
		}
		if len(known) == 0 {
			return nil, why
		}
		commit = known[0]
	}
	raw, err := disk.Read(root, notesDir+"/"+treeName(commit), maxTree)
	if err != nil {
		return nil, why
	}
	tree, err := decodeTree(raw)
	if err != nil {
		return nil, fmt.Errorf("%w; the list in %s: %w", why, dir, err)
	}
	ref.Revision = ref.revision()
	d := &Dataset{Ref: ref, Commit: commit, tree: tree, whole: true, docs: map[string][]byte{}}
	for _, name := range []string{split.ReadmeFile, split.MetadataFile} {
		if text, err := readDocument(root, tree[name]); err == nil {
			d.docs[name] = text
		}
	}
	return d, nil
}

// folderCommits returns the commits whose lists a folder has.
func folderCommits(root *os.Root) []string {
	entries, err := fs.ReadDir(root.FS(), notesDir+"/trees")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if commit, ok := strings.CutSuffix(path.Base(e.Name()), ".json"); ok && commitRE.MatchString(commit) {
			out = append(out, commit)
		}
	}
	return out
}

// readDocument returns a small file of a folder when it is the one that was promised.
func readDocument(root *os.Root, f File) ([]byte, error) {
	if f.etag() == "" {
		return nil, fs.ErrNotExist
	}
	text, err := disk.Read(root, f.Path, maxDoc)
	if err != nil {
		return nil, err
	}
	if int64(len(text)) != f.Size {
		return nil, errors.New("another file")
	}
	sum := newDigest(f)
	_, _ = sum.Write(text) // hashes do not fail
	return text, sum.check(f)
}
