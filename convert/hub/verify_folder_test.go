package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestVerifyFolder(t *testing.T) {
	changed := strings.Replace(testBytes, "test", "tent", 1)
	old := strings.Repeat("0", 40)
	for name, tt := range map[string]struct {
		do   func(t *testing.T, dir, file string)
		want hub.Verdict
	}{
		"good":   {func(*testing.T, string, string) {}, hub.Verdict{Status: hub.StatusOK, Got: sha(testBytes)}},
		"edited": {func(t *testing.T, _, p string) { write(t, p, "mine") }, hub.Verdict{Status: hub.StatusWrong, Got: sha("mine")}},
		"rotten": {func(t *testing.T, _, p string) { rot(t, p, changed) }, hub.Verdict{Status: hub.StatusWrong, Got: sha(changed), InPlace: testFile}},
		"gone":   {func(t *testing.T, _, p string) { remove(t, p) }, hub.Verdict{Status: hub.StatusMissing}},
		"no folder": {func(t *testing.T, dir, _ string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}, hub.Verdict{Status: hub.StatusMissing}},
		"a link out": {func(t *testing.T, _, p string) {
			remove(t, p)
			outside := filepath.Join(t.TempDir(), "x")
			write(t, outside, testBytes)
			symlink(t, outside, p)
		}, hub.Verdict{Status: hub.StatusMissing}},
		"of another commit": {func(t *testing.T, dir, p string) {
			write(t, p, "old")
			write(t, filepath.Join(dir, testRecord), old+"\n"+sha("old")+"\n9999999999.5\n")
		}, hub.Verdict{Status: hub.StatusWrong, Got: sha("old"), Commit: old}},
	} {
		t.Run(name, func(t *testing.T) {
			srv, log := start(t, dataset(), hubtest.Options{})
			dir, cache := filepath.Join(t.TempDir(), "d"), t.TempDir()
			c, _ := client(t, srv, cache, nil)
			d := mustBring(t, c, testRef, dir)
			file := filepath.Join(dir, testFile)
			tt.do(t, dir, file)
			before := tree(t, dir)
			log.take()
			got, err := c.VerifyFolder(t.Context(), d, dir)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.want
			want.File, want.Path, want.Want = d.Files[0], file, sha(testBytes)
			if want.InPlace != "" {
				want.InPlace = file
			}
			if diff := cmp.Diff([]hub.Verdict{want}, got, cmpopts.IgnoreUnexported(hub.File{})); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("changed (-before +after):\n%s", diff)
			}
			if n := len(log.take()); n > 0 || len(tree(t, cache)) > 0 {
				t.Errorf("%d requests, and %q in the cache", n, tree(t, cache))
			}
			if want.InPlace != "" {
				remove(t, file)
			}
			mustBring(t, c, testRef, dir)
			if v, err := c.VerifyFolder(t.Context(), d, dir); err != nil || v[0].Status != hub.StatusOK {
				t.Errorf("after another download: %+v, %v", v, err)
			}
		})
	}
}
