package hubtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// post sends a body and decodes the items of the answer.
func post(t *testing.T, url, kind, body string) (int, []hubtest.Item) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	var items []hubtest.Item
	if resp.StatusCode == 200 {
		err = json.Unmarshal(text, &items)
	}
	if err != nil || resp.StatusCode == 200 && items == nil {
		t.Errorf("%s: %v", text, err)
	}
	return resp.StatusCode, items
}

func TestHub_pathsInfo(t *testing.T) {
	const form, asJSON = "application/x-www-form-urlencoded", "application/json"
	for _, writable := range []bool{false, true} { // asking is not writing
		s := start(t, hubtest.Options{Writable: writable})
		base := s.URL + "/api/datasets/org/name/paths-info/"
		large := "data/a b#é.parquet"
		for _, tt := range []struct {
			rev, kind, body string
			status          int
			want            []string
		}{
			{"main", form, url.Values{"paths": {"README.md", "none", large, "data/"}, "expand": {"False"}}.Encode(), 200, []string{"file README.md", "file " + large, "directory data"}},
			{"main", asJSON, `{"paths":["data/deep/x.txt"],"expand":true}`, 200, []string{"file data/deep/x.txt"}},
			{"main", form, "", 200, nil},
			{"refs%2Fconvert%2Fparquet", form, "paths=default%2F0.parquet", 200, []string{"file default/0.parquet"}},
			{"none", form, "paths=README.md", 404, nil},
			{"main", asJSON, `{"paths":`, 400, nil},
			{"main", form, "paths=%zz", 400, nil},
		} {
			status, items := post(t, base+tt.rev, tt.kind, tt.body)
			var got []string
			for _, it := range items {
				got = append(got, it.Type+" "+it.Path)
				if expand := strings.Contains(tt.body, "true"); expand != (it.LastCommit != nil) || expand && it.LastCommit.ID != s.Commit("org/name", "") {
					t.Errorf("%s: last commit %v", tt.body, it.LastCommit)
				}
				if it.Path == large && (it.LFS == nil || it.LFS.OID != sum(parquet)) {
					t.Errorf("%s: %+v", large, it.LFS)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || status != tt.status {
				t.Errorf("%s %s: %d (-want +got):\n%s", tt.rev, tt.body, status, diff)
			}
		}
		if resp, _ := ask(t, "GET", base+"main"); resp.StatusCode != 404 {
			t.Errorf("GET: %d", resp.StatusCode)
		}
	}
}

func TestHub_expand(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 60 {
		fsys[fmt.Sprintf("org/name/data/%02d", i)] = &fstest.MapFile{}
	}
	s, err := hubtest.Start(fsys, hubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for query, want := range map[string]int{"": 60, "?expand=true": 50, "?expand=True&limit=7": 7, "?expand=true&cursor=50": 10} {
		_, body := ask(t, "GET", s.URL+"/api/datasets/org/name/tree/main/data"+query)
		var items []hubtest.Item
		if err := json.Unmarshal([]byte(body), &items); err != nil || len(items) != want {
			t.Fatalf("%s: %d items, want %d, %v", query, len(items), want, err)
		}
		if expanded := strings.Contains(query, "expand"); expanded != (items[0].Security != nil) || expanded != (items[0].LastCommit != nil) {
			t.Errorf("%s: %+v", query, items[0])
		}
	}
}

func TestHub_cardData(t *testing.T) {
	for readme, want := range map[string]string{
		"---\nlicense: mit\nconfigs:\n- config_name: a\n---\n# A\n": `{"configs":[{"config_name":"a"}],"license":"mit"}`,
		"---\r\nlicense: mit\r\n---\r\n":                            `{"license":"mit"}`,
		"# No front matter\n":                                       "null",
		"---\nlicense: mit\n":                                       "null",
		"---\n[\n---\n":                                             "null",
		"---\n1: {2: 3}\n---\n":                                     "null",
	} {
		s, err := hubtest.Start(fstest.MapFS{"org/name/README.md": {Data: []byte(readme)}}, hubtest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, body := ask(t, "GET", s.URL+"/api/datasets/org/name")
		var got struct{ CardData json.RawMessage }
		if err := json.Unmarshal([]byte(body), &got); err != nil || string(got.CardData) != want {
			t.Errorf("%q: %s, want %s, %v", readme, got.CardData, want, err)
		}
		_ = s.Close()
	}
}

func TestHostile(t *testing.T) {
	s := start(t, hubtest.Options{Items: hubtest.Hostile})
	_, body := ask(t, "GET", s.URL+"/api/datasets/org/name/tree/main?recursive=true")
	var items []hubtest.Item
	if err := json.Unmarshal([]byte(body), &items); err != nil {
		t.Fatal(err)
	}
	var info struct{ Siblings []struct{ Rfilename string } }
	_, body = ask(t, "GET", s.URL+"/api/datasets/org/name")
	if err := json.Unmarshal([]byte(body), &info); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../escape.parquet", "/tmp/escape.parquet", `..\escape.parquet`, "data/escape\x00.parquet"} {
		if !slices.ContainsFunc(items, func(it hubtest.Item) bool { return it.Path == name && it.Type == "file" && it.OID != "" }) {
			t.Errorf("the tree lacks %q", name)
		}
		if !slices.Contains(info.Siblings, struct{ Rfilename string }{name}) {
			t.Errorf("the siblings lack %q", name)
		}
	}
	if got := hubtest.Hostile("org/name", nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
