package hubtest_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"testing/fstest"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// A folder is served as datasets, to whatever client is told the address.
func ExampleStart() {
	s, err := hubtest.Start(fstest.MapFS{"org/name/train.txt": {Data: []byte("one\n")}}, hubtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(s.URL + "/datasets/org/name/resolve/main/train.txt")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v: %s", s.Repos(), text)
	// Output: [org/name]: one
}
