package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	segmentio "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	broker := os.Args[1]
	value := strings.Repeat("a webhook is a promise; ", 12)
	for name, codec := range map[string]kgo.CompressionCodec{"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()} {
		cl, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(200*time.Millisecond))
		if err != nil { panic(err) }
		for i := 0; i < 3; i++ {
			cl.Produce(context.Background(), &kgo.Record{Topic: "franz-go-" + name, Key: []byte("k"), Value: []byte(fmt.Sprintf("%d %s", i, value)), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}}, func(_ *kgo.Record, err error) { if err != nil { fmt.Println(err) } })
		}
		if err := cl.Flush(context.Background()); err != nil { panic(err) }
		cl.Close()
	}
	for name, codec := range map[string]segmentio.Compression{"gzip": segmentio.Gzip, "snappy": segmentio.Snappy, "lz4": segmentio.Lz4, "zstd": segmentio.Zstd} {
		w := &segmentio.Writer{Addr: segmentio.TCP(broker), Topic: "segmentio-" + name, Compression: codec, BatchTimeout: 200 * time.Millisecond}
		ms := []segmentio.Message{}
		for i := 0; i < 3; i++ {
			ms = append(ms, segmentio.Message{Key: []byte("k"), Value: []byte(fmt.Sprintf("%d %s", i, value)), Headers: []segmentio.Header{{Key: "h", Value: []byte("x")}}})
		}
		if err := w.WriteMessages(context.Background(), ms...); err != nil { panic(err) }
		w.Close()
	}
	fmt.Println("go done")
}
