# The exact version, as in package.json, so that a build of tomorrow is one of today but for what Debian mends. Whoever wants the
# same bytes writes the digest behind it that `docker buildx imagetools inspect node:26.10.0-slim` tells: node:26.10.0-slim@sha256:…
FROM node:26.10.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY build/pinned-node build/pinned-node
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build
# Given to the user in the next stage, where the folder keeps its owner when a volume is laid over it.
RUN mkdir -p /data

FROM node:26.10.0-slim AS production
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
COPY build/pinned-node build/pinned-node
# tRPC asks for TypeScript, but only to compile against its types.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev && rm -rf build node_modules/typescript node_modules/@typescript
COPY LICENSE ./
COPY client/cli/store-monitor.js client/cli/
COPY --from=build /app/dist dist
COPY --from=build --chown=node:node /data /data

# All that is written is in /data, and in /tmp while files are uploaded: the rest of the file system may be read-only.
ENV HOST=0.0.0.0 PORT=8000 DATABASE_URL=/data/store-monitor.db
USER node
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "client/cli/store-monitor.js"]
CMD ["serve"]
