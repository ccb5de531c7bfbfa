package hubtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// send makes one request with a body and a token, and decodes the answer into v unless that is nil.
func send(t *testing.T, method, url, token, body string, v any) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if v != nil {
		if err := json.Unmarshal(raw, v); err != nil {
			t.Fatalf("%s %s: %d %s", method, url, resp.StatusCode, raw)
		}
	}
	return resp, string(raw)
}

func writableHub(t *testing.T, opts hubtest.Options) *hubtest.Server {
	t.Helper()
	s, err := hubtest.Start(fstest.MapFS{"org/name/a.txt": {Data: []byte("a")}}, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// An empty folder is where uploads can start.
func TestWrite_emptyFolder(t *testing.T) {
	s, err := hubtest.Start(fstest.MapFS{}, hubtest.Options{Writable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if resp, body := send(t, "POST", s.URL+"/api/repos/create", "t", `{"type":"dataset","name":"new","organization":"me"}`, nil); resp.StatusCode != http.StatusOK {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if s.Commit("me/new", "main") == "" {
		t.Error("no dataset was made")
	}
}

func TestWrite_onlyWhenAsked(t *testing.T) {
	s := writableHub(t, hubtest.Options{})
	for _, path := range []string{"/api/repos/create", "/api/datasets/org/name/commit/main", "/api/datasets/org/name/preupload/main", "/datasets/org/name.git/info/lfs/objects/batch", "/api/whoami-v2"} {
		if resp, _ := send(t, "POST", s.URL+path, "t", "{}", nil); resp.StatusCode != 404 && resp.StatusCode != 405 {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}
}

const oneFile = `{"key":"header","value":{"summary":"s"PARENT}}
{"key":"file","value":{"path":"b.txt","encoding":"base64","content":"Yg=="}}
`

// A commit happens as a whole or not at all, and only onto the parent it names.
func TestWrite_commit(t *testing.T) {
	s := writableHub(t, hubtest.Options{Writable: true})
	old := s.Commit("org/name", "main")
	url := s.URL + "/api/datasets/org/name/commit/main"
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"no header":       {`{"key":"file","value":{"path":"b","encoding":"base64","content":""}}`, 400},
		"not JSON":        {strings.Replace(oneFile, "PARENT", "", 1) + "]", 400},
		"bad path":        {strings.NewReplacer("PARENT", "", "b.txt", "../b").Replace(oneFile), 400},
		"not base64":      {strings.NewReplacer("PARENT", "", "Yg==", "!").Replace(oneFile), 400},
		"unknown key":     {strings.NewReplacer("PARENT", "", `"file"`, `"fly"`).Replace(oneFile), 400},
		"missing object":  {strings.Replace(oneFile, "PARENT", "", 1) + `{"key":"lfsFile","value":{"path":"c","algo":"sha256","oid":"abc"}}`, 400},
		"another parent":  {strings.Replace(oneFile, "PARENT", `,"parentCommit":"`+strings.Repeat("0", 40)+`"`, 1), 412},
		"another's place": {oneFile, 400},
	} {
		if resp, body := send(t, "POST", url, "t", test.body, nil); resp.StatusCode != test.status {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
		if s.Commit("org/name", "main") != old {
			t.Fatalf("%s: a commit was made", name)
		}
	}
	var done struct{ CommitOid string }
	send(t, "POST", url, "t", strings.Replace(oneFile, "PARENT", `,"parentCommit":"`+old+`"`, 1), &done)
	if done.CommitOid == old || done.CommitOid != s.Commit("org/name", "main") {
		t.Errorf("commit %q, main is at %s", done.CommitOid, s.Commit("org/name", "main"))
	}
	if _, body := send(t, "GET", s.URL+"/datasets/org/name/resolve/main/b.txt", "", "", nil); body != "b" {
		t.Errorf("b.txt = %q", body)
	}
	if resp, _ := send(t, "GET", s.URL+"/datasets/org/name/resolve/"+old+"/a.txt", "", "", nil); resp.StatusCode != 200 {
		t.Error("the commit before is not served any more")
	}
	if resp, _ := send(t, "GET", s.URL+"/datasets/org/name/resolve/"+old+"/b.txt", "", "", nil); resp.StatusCode != 404 {
		t.Error("the commit before has changed")
	}
}

func TestWrite_accounts(t *testing.T) {
	s := writableHub(t, hubtest.Options{Writable: true, Tokens: []string{"w", "r"},
		Accounts: map[string]hubtest.Account{"w": {Name: "me", Orgs: []string{"team"}}, "r": {Name: "me", ReadOnly: true}}})
	create := func(token, org string) int {
		resp, _ := send(t, "POST", s.URL+"/api/repos/create", token, `{"type":"dataset","name":"n","organization":"`+org+`","visibility":"private"}`, nil)
		return resp.StatusCode
	}
	for _, test := range []struct {
		token, org string
		status     int
	}{{"", "me", 401}, {"x", "me", 401}, {"r", "me", 403}, {"w", "them", 403}, {"w", "me", 200}, {"w", "me", 409}, {"w", "team", 200}} {
		if got := create(test.token, test.org); got != test.status {
			t.Errorf("create %s/n with token %q: %d, want %d", test.org, test.token, got, test.status)
		}
	}
	if resp, _ := send(t, "GET", s.URL+"/api/datasets/me/n", "", "", nil); resp.StatusCode != 401 {
		t.Errorf("a private dataset is shown to strangers: %d", resp.StatusCode)
	}
	var me struct {
		Name string
		Auth struct{ AccessToken struct{ Role string } }
	}
	if send(t, "GET", s.URL+"/api/whoami-v2", "r", "", &me); me.Name != "me" || me.Auth.AccessToken.Role != "read" {
		t.Errorf("whoami: %+v", me)
	}
}

// The storage takes what its link is for, while the link lasts, and nothing with credentials.
func TestWrite_storage(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := writableHub(t, hubtest.Options{Writable: true, LinkLifetime: time.Minute, Now: func() time.Time { return now }})
	const oid = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" // of foo
	batch := func() (href string) {
		var answer struct {
			Objects []struct {
				Actions *struct{ Upload struct{ Href string } }
			}
		}
		send(t, "POST", s.URL+"/datasets/org/name.git/info/lfs/objects/batch", "t",
			`{"operation":"upload","hash_algo":"sha256","transfers":["basic"],"objects":[{"oid":"`+oid+`","size":3}]}`, &answer)
		if len(answer.Objects) != 1 || answer.Objects[0].Actions == nil {
			return ""
		}
		return answer.Objects[0].Actions.Upload.Href
	}
	href := batch()
	if !strings.HasPrefix(href, s.CDNURL) {
		t.Fatalf("upload to %q, want the storage host", href)
	}
	for name, test := range map[string]struct {
		url, token, body string
		status           int
	}{
		"with a token":    {href, "t", "foo", 400},
		"other bytes":     {href, "", "bar", 400},
		"other signature": {strings.Replace(href, "Signature=", "Signature=0", 1), "", "foo", 403},
		"no signature":    {s.CDNURL + "/cdn/org/name/upload/" + oid, "", "foo", 403},
	} {
		if resp, body := send(t, "PUT", test.url, test.token, test.body, nil); resp.StatusCode != test.status {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	verify := func() int {
		resp, _ := send(t, "POST", s.URL+"/datasets/org/name.git/info/lfs/objects/verify", "t", `{"oid":"`+oid+`","size":3}`, nil)
		return resp.StatusCode
	}
	if got := verify(); got != 404 {
		t.Errorf("verify before the upload: %d", got)
	}
	now = now.Add(2 * time.Minute)
	if resp, _ := send(t, "PUT", href, "", "foo", nil); resp.StatusCode != 403 {
		t.Errorf("an expired link: %d", resp.StatusCode)
	}
	if resp, body := send(t, "PUT", batch(), "", "foo", nil); resp.StatusCode != 200 || resp.Header.Get("ETag") == "" {
		t.Errorf("upload: %d %s", resp.StatusCode, body)
	}
	if got := verify(); got != 200 || batch() != "" {
		t.Errorf("verify after the upload: %d; still wanted at %q", got, batch())
	}
}
