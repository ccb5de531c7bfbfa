package clockdiff_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/promptmill/promptmill/bench/clockdiff"
)

// A server whose clock is an hour ahead.
func ExampleMeasure() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"unix_ns":%d}`, time.Now().Add(time.Hour).UnixNano())
	}))
	defer server.Close()
	got, err := clockdiff.Measure(context.Background(), server.Client(), server.URL)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println((got.Offset - time.Hour).Abs() <= got.Error)
	// Output: true
}
