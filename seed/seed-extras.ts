import type { DevelopmentIssuer } from '../gateway/main';
import { mintToken } from '../hub/client/credentials';
import { REFUSAL, type GraphCaller, type GraphConnection } from '../hub/client/graph';
import type { MemberId, ProgrammeId } from '../kernel/values/id';
import { BRANDS } from './story';

const CREATE_REWARD = `mutation Reward($input: CreateRewardInput!) { result: createReward(input: $input) { ${REFUSAL} } }`;
const OPEN_SURVEY = `mutation Survey($input: OpenSurveyInput!) { result: openSurvey(input: $input) { ${REFUSAL} } }`;
const INVITATIONS = '{ myInvitations(first: 1) { nodes { id answeredAt questions { id kind } } } }';
const ANSWER = `mutation Answer($input: AnswerSurveyInput!) { result: answerSurvey(input: $input) { ${REFUSAL} } }`;

/** What some members say: a score, and words in their own language. */
const SAYINGS = [
  { score: 10, text: 'Najlepsze bułki w mieście.' },
  { score: 9, text: 'كتب جميلة وخدمة لطيفة' },
  { score: 7, text: 'خوب بود، فقط کمی شلوغ' },
  { score: 3, text: 'Za długa kolejka.' },
] as const;

/** One reward on offer, and a survey that asks whoever buys from now on. */
export async function openExtras(admin: GraphCaller, brands: ReadonlyMap<string, GraphCaller>): Promise<void> {
  await brands.get(BRANDS[0].code)!.must(CREATE_REWARD, {
    input: { idempotencyKey: 'reward bread', name: 'Bochenek chleba', pricePoints: '150', voucherValidityDays: 90 },
  });
  await admin.must(OPEN_SURVEY, {
    input: {
      idempotencyKey: 'survey recommend',
      question: 'Jak chętnie polecisz nas znajomym?',
      followUp: 'Dlaczego?',
      quietDays: 90,
      invitationDays: 365,
    },
  });
}

/** Lets the first members who were asked answer the survey. */
export async function answerSome(parts: {
  connection: GraphConnection;
  issuer: DevelopmentIssuer;
  programmeId: ProgrammeId;
  memberIds: readonly string[];
}): Promise<void> {
  const { connection, issuer, programmeId, memberIds } = parts;
  let said = 0;
  for (const id of memberIds) {
    const saying = SAYINGS[said];
    if (saying === undefined) return;
    const member = connection.as(
      await mintToken(issuer, { role: 'member', programme: programmeId, member: id as MemberId, subject: id }),
    );
    if (await answerAs(member, saying)) said += 1;
  }
}

interface Invitation {
  readonly id: string;
  readonly answeredAt: string | null;
  readonly questions: readonly { id: string; kind: string }[];
}

async function answerAs(member: GraphCaller, { score, text }: (typeof SAYINGS)[number]): Promise<boolean> {
  const { myInvitations } = await member.ask<{ myInvitations: { nodes: readonly Invitation[] } }>(INVITATIONS);
  const [invitation] = myInvitations.nodes;
  if (invitation === undefined) return false;
  if (invitation.answeredAt !== null) return true;
  const answers = invitation.questions.map(({ id, kind }) =>
    kind === 'NPS' ? { questionId: id, score } : { questionId: id, text },
  );
  await member.must(ANSWER, {
    input: { idempotencyKey: `answer ${invitation.id}`, invitationId: invitation.id, answers },
  });
  return true;
}
