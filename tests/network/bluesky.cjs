// A whole Bluesky network on this machine: PLC directory, PDS and AppView of @atproto/dev-env.
// node bluesky.cjs FOLDER, where FOLDER holds node_modules; DB_POSTGRES_URL and REDIS_HOST in the
// environment. Prints one line of JSON with its addresses and ends with its standard input.
const net = require('node:net')
const { pathToFileURL } = require('node:url')

const loopback = '127.0.0.1'
const listen = net.Server.prototype.listen
// it would listen on every interface
net.Server.prototype.listen = function (port, ...rest) {
  if (typeof port !== 'number') return listen.call(this, port, ...rest)
  return listen.call(this, port, loopback, ...rest.filter((r) => typeof r === 'function'))
}

async function main() {
  const found = require.resolve('@atproto/dev-env', { paths: [process.argv[2]] })
  const { TestNetwork } = await import(pathToFileURL(found).href)
  const url = process.env.DB_POSTGRES_URL
  const network = await TestNetwork.create({
    dbPostgresUrl: url,
    dbPostgresSchema: 'bsky',
    pds: { hostname: 'localhost' },
    bsky: { dbPostgresSchema: 'bsky' },
    ozone: { dbPostgresSchema: 'ozone' },
  })
  console.log(JSON.stringify({ pds: network.pds.url, appview: network.bsky.url }))
  process.stdin.resume()
  process.stdin.on('end', () => process.exit(0))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
