import { answerTypeFor } from './media-types';

const [PLAIN, NEW] = ['application/json', 'application/graphql-response+json'];

describe('the form of an answer', () => {
  it.each([
    [undefined, PLAIN],
    ['*/*', PLAIN],
    ['application/*', PLAIN],
    ['application/json', PLAIN],
    ['application/graphql-response+json', NEW],
    ['application/graphql-response+json, application/json;q=0.9', NEW],
    ['application/json, application/graphql-response+json', PLAIN],
    ['application/json;q=0.5, application/graphql-response+json;q=0.8', NEW],
    ['application/json;q=0, */*', NEW],
    ['APPLICATION/JSON; charset=utf-8', PLAIN],
    ['text/html', null],
    ['text/event-stream', 'text/event-stream'],
    ['text/event-stream, application/json;q=0.5', 'text/event-stream'],
    ['application/json, text/event-stream', PLAIN],
    ['text/*', 'text/event-stream'],
    ['text/html, */*;q=0.1', PLAIN],
    ['', null],
    ['application/json;q=nonsense', null],
  ])('for "%s" is %s', (accept, type) => expect(answerTypeFor(accept)).toBe(type));
});
