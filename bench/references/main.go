// A bare Go hit counter: net/http and redigo, one pipeline a request.
//
//	main ADDR REDIS_ADDR BADGE_FILE
package main

import (
	"bufio"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	tokenTTL = 60
)

var (
	pool   *redis.Pool
	pieces []string

	randomLock sync.Mutex
	random     = bufio.NewReader(rand.Reader)
)

// newToken makes 12 characters. Bytes of 248 and above are dropped, for no bias.
func newToken() string {
	randomLock.Lock()
	defer randomLock.Unlock()
	var token [12]byte
	for i := 0; i < len(token); {
		b, err := random.ReadByte()
		if err != nil {
			log.Fatal(err)
		}
		if b < 248 {
			token[i] = alphabet[b%62]
			i++
		}
	}
	return string(token[:])
}

func pageKey(raw string) string {
	if i := strings.Index(raw, "://"); i >= 0 {
		raw = raw[i+3:]
	}
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		raw = raw[:i]
	}
	return strings.TrimRight(raw, "/")
}

func cookieName(key string) string {
	sum := md5.Sum([]byte(key))
	return "hits-" + hex.EncodeToString(sum[:8])
}

func read(conn redis.Conn, total string) (int64, error) {
	count, err := redis.Int64(conn.Do("GET", total))
	if err == redis.ErrNil {
		return 0, nil
	}
	return count, err
}

func raise(conn redis.Conn, total, token string) (int64, error) {
	conn.Send("INCR", total)
	now := time.Now().UTC()
	conn.Send("HINCRBY", total+":d:"+strconv.Itoa(now.Year()), now.YearDay(), 1)
	conn.Send("SET", total+":t:"+token, "1", "EX", tokenTTL)
	if err := conn.Flush(); err != nil {
		return 0, err
	}
	count, err := redis.Int64(conn.Receive())
	if err != nil {
		return 0, err
	}
	if _, err = conn.Receive(); err != nil {
		return 0, err
	}
	_, err = conn.Receive()
	return count, err
}

func handler(counts, svg bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query, err := url.ParseQuery(r.URL.RawQuery)
		key := pageKey(query.Get("url"))
		if err != nil || key == "" {
			http.Error(w, "no url", http.StatusBadRequest)
			return
		}
		conn := pool.Get()
		defer conn.Close()
		total := "hits:{" + key + "}"
		count, token := int64(0), ""
		known := !counts
		if counts {
			if old, missing := r.Cookie(cookieName(key)); missing == nil {
				known, err = redis.Bool(conn.Do("EXISTS", total+":t:"+old.Value))
			}
		}
		if err == nil && known {
			count, err = read(conn, total)
		} else if err == nil {
			token = newToken()
			count, err = raise(conn, total, token)
		}
		if err != nil {
			http.Error(w, "store", http.StatusServiceUnavailable)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache, no-store, must-revalidate, private, max-age=0")
		h.Set("Pragma", "no-cache")
		h.Set("Expires", "0")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "X-Hits-Reason")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		if token != "" {
			h.Set("Set-Cookie", cookieName(key)+"="+token+
				"; Max-Age=60; Path=/; HttpOnly; SameSite=Lax")
		}
		text := strconv.FormatInt(count, 10)
		if svg {
			h.Set("Content-Type", "image/svg+xml")
			text = strings.Join(pieces, text)
		} else {
			h.Set("Content-Type", "text/plain; charset=utf-8")
		}
		h.Set("Content-Length", strconv.Itoa(len(text)))
		w.Write([]byte(text))
	}
}

func main() {
	badge, err := os.ReadFile(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	pieces = strings.Split(string(badge), "{count}")
	pool = &redis.Pool{
		MaxIdle: 300,
		Dial:    func() (redis.Conn, error) { return redis.Dial("tcp", os.Args[2]) },
	}
	http.HandleFunc("/count", handler(true, false))
	http.HandleFunc("/count/tag.svg", handler(true, true))
	http.HandleFunc("/nocount", handler(false, false))
	http.HandleFunc("/nocount/tag.svg", handler(false, true))
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
