# One image for every part of the hub; docker-compose.yml chooses the part by its command.
FROM node:24.11.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN npm run -s build

FROM node:24.11.0-trixie-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
# Databases are their own containers: the embedded PostgreSQL stays out of the image.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24.11.0-trixie-slim
ENV NODE_ENV=production APOLLO_TELEMETRY_DISABLED=1
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
# Read at run time: the supergraph, and the SQL of the invariants.
COPY schema ./schema
COPY subgraphs ./subgraphs
RUN mkdir -p /var/lib/loyalty-hub && chown node:node /var/lib/loyalty-hub
USER node
VOLUME /var/lib/loyalty-hub
EXPOSE 4000
ENTRYPOINT ["node", "--max-semi-space-size=128", "dist/hub/main.js"]
CMD ["up"]
