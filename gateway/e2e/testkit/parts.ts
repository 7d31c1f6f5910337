import { readHubConfig, type HubConfig } from '../../../hub/composition/config';
import { clusterDir } from '../../../hub/composition/databases';
import { serveGateway, serveOneSubgraph, type ServedPart } from '../../../hub/composition/serve-one';
import { freshDataDir } from '../../../hub/testkit/data-folder';
import { freePorts } from '../../../hub/testkit/processes';
import { SUBGRAPHS, type SubgraphName } from '../../../kernel/context/principal';
import { KillablePostgres } from '../../../kernel/testkit/killable-postgres';
import { testHub, type TestHub } from './hubs';

/** Which parts there are, and who runs whom. */
export interface PartsShape {
  /** Subgraphs in the first gateway's process; all others stand alone. */
  readonly local?: readonly SubgraphName[];
  /** How many gateways, at most two; the second one runs no subgraph. */
  readonly gateways?: 1 | 2;
}

/** What is changed of a part's configuration. */
export type ConfigOf = (part: SubgraphName | 'gateway', config: HubConfig) => HubConfig | Promise<HubConfig>;

const GATEWAYS_MAX = 2;
const GATEWAY_PARTS = ['gateway 1', 'gateway 2'] as const;
type PartName = SubgraphName | (typeof GATEWAY_PARTS)[number];

/**
 * A hub of parts that speak over sockets as processes of their own would, all within this process and over an embedded server of its
 * own. Each part can be ended and opened again where it was.
 */
export class PartsHub {
  private readonly open = new Map<PartName, ServedPart>();
  private shape: PartsShape = {};

  private constructor(
    private readonly config: HubConfig,
    private readonly gatewayPorts: readonly number[],
    private readonly configOf: ConfigOf,
    private held: { hub: TestHub; postgres: KillablePostgres } | null = null,
  ) {}

  static async open(shape: PartsShape = {}, configOf: ConfigOf = (_part, config) => config): Promise<PartsHub> {
    const dataDir = await freshDataDir('hub-e2e-parts-');
    const ports = await freePorts(SUBGRAPHS.length + GATEWAYS_MAX);
    const subgraphUrls = Object.fromEntries(
      SUBGRAPHS.map((name, place) => [name, `http://127.0.0.1:${ports[place]}`]),
    ) as Record<SubgraphName, string>;
    const config: HubConfig = { ...readHubConfig({}), dataDir, subgraphUrls };
    const parts = new PartsHub(config, ports.slice(SUBGRAPHS.length), configOf);
    await parts.reshape(shape);
    const postgres = await KillablePostgres.of(clusterDir(config));
    const hub = await testHub(parts.urls[0]!, dataDir, async () => {
      await parts.endAll();
      await postgres.stop();
    });
    parts.held = { hub, postgres };
    return parts;
  }

  get hub(): TestHub {
    return this.held!.hub;
  }

  /** The server that holds the databases of all parts. */
  get postgres(): KillablePostgres {
    return this.held!.postgres;
  }

  /** One of each gateway. */
  get urls(): string[] {
    const { gateways = 1 } = this.shape;
    return this.gatewayPorts.slice(0, gateways).map((port) => `http://127.0.0.1:${port}`);
  }

  /** The part in whose process a subgraph runs. */
  homeOf(name: SubgraphName): PartName {
    return this.shape.local?.includes(name) ? 'gateway 1' : name;
  }

  /** Ends all parts and opens those of another shape over the same books. */
  async reshape(shape: PartsShape): Promise<void> {
    await this.endAll();
    this.shape = shape;
    const { local = [], gateways = 1 } = shape;
    for (const name of SUBGRAPHS) if (!local.includes(name)) await this.reopen(name);
    for (const name of GATEWAY_PARTS.slice(0, gateways)) await this.reopen(name);
  }

  async end(name: PartName): Promise<void> {
    const part = this.open.get(name);
    this.open.delete(name);
    await part?.close();
  }

  async reopen(name: PartName): Promise<void> {
    this.open.set(name, await (isGateway(name) ? this.gateway(name) : this.subgraph(name)));
  }

  private async subgraph(name: SubgraphName): Promise<ServedPart> {
    const port = Number(new URL(this.config.subgraphUrls[name]).port);
    return serveOneSubgraph(name, { config: await this.configOf(name, this.config), port });
  }

  private async gateway(name: (typeof GATEWAY_PARTS)[number]): Promise<ServedPart> {
    const number = GATEWAY_PARTS.indexOf(name);
    const config = { ...this.config, localSubgraphs: number === 0 ? (this.shape.local ?? []) : [] };
    return serveGateway({ config: await this.configOf('gateway', config), port: this.gatewayPorts[number]! });
  }

  private async endAll(): Promise<void> {
    // Together: a part that goes on following another's feed would keep that one waiting.
    await Promise.all([...this.open.keys()].map((name) => this.end(name)));
  }
}

function isGateway(name: PartName): name is (typeof GATEWAY_PARTS)[number] {
  return name.startsWith('gateway');
}
