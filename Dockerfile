# embargod in a container: configuration, keys and data in one volume, one process, no shell needed.
FROM node:26-bookworm-slim
WORKDIR /opt/embargod
COPY package.json package-lock.json .npmrc ./
# The image brings its Node; the one among the optional packages is for hosts with an older one.
RUN npm ci --omit=dev --omit=optional
COPY src src
COPY config config
RUN install -d -o node -g node -m 0700 /var/lib/embargod
USER node
VOLUME /var/lib/embargod
WORKDIR /var/lib/embargod
ENTRYPOINT ["node", "/opt/embargod/src/launch.js"]
CMD ["run"]
