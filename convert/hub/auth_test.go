package hub_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

const token = "hf_secretSECRETsecret"

func TestDownload_tokenStaysAtItsHost(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{PageSize: 2, Tokens: []string{token}})
	c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token = token; cfg.UserAgent = "mill/1" })
	mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
	var hubs, cdns int
	for _, r := range log.take() {
		want := "Bearer " + token
		if r.Route == hubtest.CDN {
			want = ""
			cdns++
			if "http://"+r.Host != srv.CDNURL {
				t.Errorf("storage asked at %s", r.Host)
			}
		} else {
			hubs++
		}
		if r.Authorization != want || r.Encoding != "identity" || r.UserAgent != "mill/1" {
			t.Errorf("%s %s: Authorization %q, Accept-Encoding %q, User-Agent %q", r.Route, r.Path, r.Authorization, r.Encoding, r.UserAgent)
		}
	}
	if hubs < 6 || cdns != 1 { // revision, three pages, README twice, file
		t.Errorf("%d requests to the Hub, %d to the storage", hubs, cdns)
	}
}

// Whatever redirects to another host, the token does not follow.
func TestResolve_tokenNotRedirected(t *testing.T) {
	for _, route := range []hubtest.Route{hubtest.API, hubtest.Resolve} {
		thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" || strings.Contains(r.URL.String(), token) {
				t.Errorf("%s: the token went to another host", route)
			}
			http.NotFound(w, r)
		}))
		to := header("Location", strings.Replace(thief.URL, "http://", "http://user:pass@", 1)+"/x?"+"sig=secret")
		srv, _ := start(t, dataset(), hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Redirect, On: route, Header: to}}})
		c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token = token })
		_, _, err := pull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
		if err == nil || strings.Contains(err.Error(), "sig=") || strings.Contains(err.Error(), "pass") {
			t.Errorf("error = %v, want one without secrets", err)
		}
		thief.Close()
	}
}

func TestResolve_neverDowngraded(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked over http") }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	c, err := hub.New(hub.Config{Endpoint: secure.URL, CacheDir: t.TempDir(), HTTP: secure.Client(), Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdle()
	if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums"}); !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "https to http") {
		t.Errorf("error = %v", err)
	}
}

func TestResolve_refusals(t *testing.T) {
	fsys := dataset()
	for _, name := range []string{"private", "gated", "disabled"} {
		fsys["org/"+name+"/data/train-00000-of-00001.parquet"] = fsys["org/sums/main/train-00000-of-00001.parquet"]
	}
	fsys["org/csv/train.csv"] = fsys["org/sums/README.md"]
	opts := hubtest.Options{
		Tokens: []string{token, "hf_other"},
		Repos: map[string]hubtest.Access{
			"org/private":  {Private: true, Granted: []string{"hf_other"}},
			"org/gated":    {Gated: true, Granted: []string{"hf_other"}},
			"org/disabled": {Disabled: true},
		},
	}
	tests := []struct {
		name  string
		ref   hub.Ref
		token string
		want  error
		says  []string
	}{
		{"missing", hub.Ref{Repo: "org/nope"}, "", hub.ErrNotFound, []string{"no such dataset, or it is private", "/datasets/org/nope", "set HF_TOKEN", "401 RepoNotFound", "request Root=1-hub-double"}},
		{"missing, with a token", hub.Ref{Repo: "org/nope"}, token, hub.ErrNotFound, []string{"the token may not read it", "404 RepoNotFound"}},
		{"private", hub.Ref{Repo: "org/private"}, "", hub.ErrNotFound, []string{"set HF_TOKEN"}},
		{"private, wrong account", hub.Ref{Repo: "org/private"}, token, hub.ErrNotFound, []string{"permissions of HF_TOKEN"}},
		{"private, granted", hub.Ref{Repo: "org/private"}, "hf_other", nil, nil},
		{"gated", hub.Ref{Repo: "org/gated"}, "", hub.ErrGated, []string{"accept its terms at", "/datasets/org/gated and set HF_TOKEN", "401 GatedRepo"}},
		{"gated, wrong account", hub.Ref{Repo: "org/gated"}, token, hub.ErrGated, []string{"has not been granted access", "403 GatedRepo"}},
		{"gated, granted", hub.Ref{Repo: "org/gated"}, "hf_other", nil, nil},
		{"disabled", hub.Ref{Repo: "org/disabled"}, "", hub.ErrUnauthorized, []string{"disabled this dataset"}},
		{"bad token", hub.Ref{Repo: "org/sums"}, "hf_wrong", hub.ErrUnauthorized, []string{"does not accept the token", "/settings/tokens"}},
		{"no such revision", hub.Ref{Repo: "org/sums", Revision: "v9"}, "", hub.ErrNotFound, []string{"no such revision", "there is main, v1.0, refs/convert/parquet"}},
		{"no such commit", hub.Ref{Repo: "org/sums", Revision: strings.Repeat("0", 40)}, "", hub.ErrNotFound, []string{"no such revision"}},
		{"no config chosen", hub.Ref{Repo: "org/sums"}, "", hub.ErrAmbiguous, []string{"several configs", "--config", "main, socratic"}},
		{"no such config", hub.Ref{Repo: "org/sums", Config: "x\x1b[2J"}, "", hub.ErrNotFound, []string{`no config "x\x1b[2J"`, "there is main, socratic"}},
		{"no split chosen", hub.Ref{Repo: "org/sums", Config: "main"}, "", hub.ErrAmbiguous, []string{"several splits", "--split", "train, test"}},
		{"no such split", hub.Ref{Repo: "org/sums", Config: "main", Split: "dev"}, "", hub.ErrNotFound, []string{`no split "dev"`, "there is train, test"}},
		{"no parquet", hub.Ref{Repo: "org/csv"}, "", hub.ErrNoParquet, []string{"reads its files of the format csv", "has made no parquet copy (refs/convert/parquet)"}},
		{"not a name", hub.Ref{Repo: "../../etc"}, "", nil, []string{"expected ORG/NAME"}},
		{"not a revision", hub.Ref{Repo: "org/sums", Revision: "../../../x"}, "", nil, []string{"not a branch"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv, _ := start(t, fsys, opts)
			dir := t.TempDir()
			c, naps := client(t, srv, dir, func(cfg *hub.Config) { cfg.Token = tt.token })
			_, _, err := pull(t, c, tt.ref)
			if (err == nil) != (tt.says == nil) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			if err == nil {
				return
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q does not say %q", err, s)
				}
			}
			if strings.Contains(err.Error(), "hf_") || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("error %q: a token, or more than one line", err)
			}
			if len(*naps) > 0 {
				t.Errorf("tried again after %v", *naps)
			}
			nothingLeft(t, dir)
		})
	}
}

func TestResolve_classesAreExclusive(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, Status: 401, Header: header("X-Error-Code", "GatedRepo")}}})
	c, _ := client(t, srv, t.TempDir(), nil)
	_, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums"})
	n := 0
	for _, class := range []error{hub.ErrNotFound, hub.ErrGated, hub.ErrUnauthorized, hub.ErrUnavailable, hub.ErrCorrupt, hub.ErrOffline, hub.ErrAmbiguous, hub.ErrNoParquet} {
		if errors.Is(err, class) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%v belongs to %d classes", err, n)
	}
}

// A server that echoes the token does not get it into an error.
func TestError_hidesEchoedToken(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":["you sent ` + r.Header.Get("Authorization") + `\u001b[31m\u202e"]}`))
	}))
	defer srv.Close()
	c, err := hub.New(hub.Config{Endpoint: srv.URL, CacheDir: t.TempDir(), Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdle()
	_, err = c.Resolve(t.Context(), hub.Ref{Repo: "org/sums"})
	e, ok := errors.AsType[*hub.Error](err)
	if !ok || e.Status != 400 || e.Message != "you sent Bearer ***?[31m?" {
		t.Errorf("error = %v", err)
	}
}

func TestResolve_nobodyThere(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, naps := client(t, srv, dir, nil)
	mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "test"})
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	c.CloseIdle()
	_, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums", Config: "main", Split: "test"})
	if !errors.Is(err, hub.ErrUnavailable) || !strings.Contains(err.Error(), "HF_HUB_OFFLINE=1") {
		t.Errorf("error = %v, want one that points to the cached revision", err)
	}
	if len(*naps) != 5 {
		t.Errorf("waited %v: expected five more tries of a Hub that was there", *naps)
	}
	c, naps = client(t, srv, dir, nil)
	if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums"}); !errors.Is(err, hub.ErrUnavailable) || len(*naps) != 2 {
		t.Errorf("error = %v after %v: expected two more tries of a Hub that never was", err, *naps)
	}
}
