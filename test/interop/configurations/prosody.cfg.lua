-- Prosody as a BOSH server for one test: HTTP on loopback only, no other port, nothing kept on disk.
pidfile = "{folder}/prosody-{port}.pid"
data_path = "{folder}"
certificates = "{folder}"
log = { { levels = { min = "warn" }, to = "console" } }

http_interfaces = { "127.0.0.1" }
http_ports = { {port} }
https_ports = {}
http_default_host = "pollmark.test"
consider_bosh_secure = true
-- A client asks for its hold when it opens its session; this is the most it can get.
bosh_max_wait = 10
bosh_max_inactivity = 6

modules_enabled = { "bosh", "saslauth" }
modules_disabled = { "c2s", "s2s", "tls", "offline" }
storage = "memory"

VirtualHost "pollmark.test"
  authentication = "anonymous"

Component "rooms.pollmark.test" "muc"
  storage = "memory"
  muc_room_locking = false
  muc_room_default_history_length = 0
  -- Nobody is told who enters and leaves: each newcomer would otherwise end the holds of all the others.
  muc_room_default_presence_broadcast = { visitor = false, participant = false, moderator = false }
  muc_room_cache_size = 10000
