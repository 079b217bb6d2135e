# embargod in a container: configuration, keys and data in one volume, one process, no shell needed. The rest
# may be read-only: docker run --read-only -v acme:/var/lib/embargod embargod
FROM node:26-bookworm-slim AS build
WORKDIR /opt/embargod
COPY package.json package-lock.json .npmrc ./
# The image brings its Node; the one among the optional packages is for hosts with an older one. Nothing is
# compiled: SQLite comes built, and what it is built from, and for other systems, stays behind.
RUN npm ci --omit=dev --omit=optional \
 && cd node_modules/better-sqlite3 \
 && rm -r deps src binding.gyp \
 && find prebuilds -type f ! -name 'linux-*' -delete
COPY src src
COPY config config

FROM node:26-bookworm-slim
COPY --from=build /opt/embargod /opt/embargod
RUN install -d -o node -g node -m 0700 /var/lib/embargod
USER node
VOLUME /var/lib/embargod
WORKDIR /var/lib/embargod
# Unlocks the keys each time, which costs a second of one core.
HEALTHCHECK --interval=5m --timeout=30s --start-period=2m \
  CMD ["node", "/opt/embargod/src/launch.js", "status", "--health"]
ENTRYPOINT ["node", "/opt/embargod/src/launch.js"]
CMD ["run"]
