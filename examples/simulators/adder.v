// An adder of WIDTH bits, in blocks of BLOCK bits of which all but the first compute both carries.
module adder #(parameter WIDTH = 32, BLOCK = 8, SELECT = 1) (
    input [WIDTH-1:0] a, b, output [WIDTH:0] sum);
  localparam BLOCKS = (WIDTH + BLOCK - 1) / BLOCK;
  wire [BLOCKS:0] carry;
  wire [BLOCKS*BLOCK-1:0] aa = a, bb = b;
  wire [BLOCKS*BLOCK-1:0] ss;
  assign carry[0] = 0;
  genvar i;
  generate for (i = 0; i < BLOCKS; i = i + 1) begin : block
    wire [BLOCK-1:0] x = aa[i*BLOCK +: BLOCK], y = bb[i*BLOCK +: BLOCK];
    if (SELECT && i > 0) begin
      wire [BLOCK:0] zero = x + y;
      wire [BLOCK:0] one = x + y + 1'b1;
      assign {carry[i+1], ss[i*BLOCK +: BLOCK]} = carry[i] ? one : zero;
    end else begin
      assign {carry[i+1], ss[i*BLOCK +: BLOCK]} = x + y + carry[i];
    end
  end endgenerate
  assign sum = {carry[BLOCKS], ss} & {1'b1, {WIDTH{1'b1}}} ;
endmodule
