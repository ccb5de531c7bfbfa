package pace_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/promptmill/promptmill/bench/pace"
)

func ExampleThread() {
	thread, err := pace.NewThread()
	if err != nil {
		log.Fatal(err)
	}
	defer thread.Close()
	due := time.Now().Add(5 * time.Millisecond)
	if err := thread.Until(context.Background(), due); err != nil {
		log.Fatal(err)
	}
	fmt.Println("too early:", time.Now().Before(due))
	// Output: too early: false
}
