package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var pages = flag.String("pages", "", "write the pages that the browser test opens into this `folder`")

// TestHTML_pagesForBrowser writes what `make test-browser` looks at.
func TestHTML_pagesForBrowser(t *testing.T) {
	if *pages == "" {
		t.Skip("no -pages")
	}
	for fixture, run := range fixtures {
		s := run()
		f, err := os.Create(filepath.Join(*pages, fixture+".html"))
		if err != nil {
			t.Fatal(err)
		}
		if err := HTML(f, s, requests(s, 300)); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
